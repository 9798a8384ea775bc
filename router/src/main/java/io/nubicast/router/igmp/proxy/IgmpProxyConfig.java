package io.nubicast.router.igmp.proxy;

import java.util.Optional;
import java.util.Set;

/// The configuration of the IGMP proxy. Immutable. The downstream interfaces need IGMP in [io.nubicast.router.igmp.IgmpConfig]; none
/// of the interfaces may have PIM (RFC 4605 section 4).
///
/// @param upstream name of the interface towards the sources (`ip igmp proxy upstream`); empty: no proxy
/// @param downstream names of the interfaces with members
/// @param forwardAsNonQuerier whether a link is served although another router is its querier
///     (`ip igmp proxy forward-as-nonquerier`): only where nobody else forwards onto it
/// @param robustnessVariable 1..7 of the host on the upstream interface
public record IgmpProxyConfig(Optional<String> upstream, Set<String> downstream, boolean forwardAsNonQuerier,
        int robustnessVariable) {
    /// No proxy.
    public static final IgmpProxyConfig NONE = new IgmpProxyConfig(Optional.empty(), Set.of(), false, 2);

    /// Judges the values.
    ///
    /// @throws IllegalArgumentException with what to change
    public IgmpProxyConfig {
        downstream = Set.copyOf(downstream);
        if (upstream.isPresent() && downstream.contains(upstream.get())) {
            throw new IllegalArgumentException(upstream.get() + " cannot be upstream and downstream of the proxy");
        }
        if (robustnessVariable < 1 || robustnessVariable > 7) {
            throw new IllegalArgumentException("robustness-variable " + robustnessVariable + " is not within 1..7");
        }
    }
}
