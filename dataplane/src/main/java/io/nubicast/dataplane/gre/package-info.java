/// Tunnels: GRE (RFC 2784, RFC 2890) and GRE in UDP (RFC 8086), each an interface of the kernel.
///
///     kernel routes a packet to TunnelN -> TUN device -> Encapsulator -> Transmitter -> raw socket -> far end
///     far end -> raw socket of protocol 47, or UDP socket -> Decapsulator -> TUN device -> kernel, as arrived on TunnelN
///
/// [TunnelEngine] has all tunnels of a router. Its worker ([TunnelWorker]) carries packets in batches and allocates nothing for them;
/// its control thread follows the kernel's routes ([Underlay]), sends keepalives ([Keepalive]) and decides whether a tunnel is up
/// ([LineProtocol], [Recursion]). Between the two stands [TunnelPath]: what the worker needs, compiled, replaced as a whole.
///
/// Where eBPF can be had, programs of the kernel (`gre.c`) stand before all this: one at the egress of each tunnel's device, one at the
/// ingress of each underlay. [KernelCarrier] decides which tunnels have an entry there ([KernelTunnels]). What the programs do not take
/// comes here by itself, from the same device and to the same socket; so entries come and go without losing a packet, and there is one
/// implementation of all that is rare. Packets that they take never see the host's netfilter hooks for protocol 47, nor IPsec
/// policies, nor routing rules other than the kernel's look-up: where these matter, `Carrier.USER_SPACE` is for it.
///
/// * **MTU**: the device's MTU is the underlay's, so that the kernel hands over all that the tunnel may judge; the tunnel's IP MTU is
///   the smaller one of [TunnelConfig#transportMtu(int)], and what is larger is fragmented outside, inside, or refused (GRE-021).
/// * **Demultiplexing** is by outer addresses, transport and key; nothing else is let in (GRE-002).
/// * **Line protocol** is the interface's carrier: without it the kernel sends nothing there.
@NullMarked
package io.nubicast.dataplane.gre;

import org.jspecify.annotations.NullMarked;
