/// Tunnels: GRE (RFC 2784, RFC 2890) and GRE in UDP (RFC 8086), each an interface of the kernel.
///
///     kernel routes a packet to TunnelN -> TUN device -> Encapsulator -> Transmitter -> raw socket -> far end
///     far end -> raw socket of protocol 47, or UDP socket -> Decapsulator -> TUN device -> kernel, as arrived on TunnelN
///
/// [TunnelEngine] has all tunnels of a router. Its worker ([TunnelWorker]) carries packets in batches and allocates nothing for them;
/// its control thread follows the kernel's routes ([Underlay]), sends keepalives ([Keepalive]) and decides whether a tunnel is up
/// ([LineProtocol], [Recursion]). Between the two stands [TunnelPath]: what the worker needs, compiled, replaced as a whole.
///
/// * **MTU**: the device's MTU is the underlay's, so that the kernel hands over all that the tunnel may judge; the tunnel's IP MTU is
///   the smaller one of [TunnelConfig#transportMtu(int)], and what is larger is fragmented outside, inside, or refused (GRE-021).
/// * **Demultiplexing** is by outer addresses, transport and key; nothing else is let in (GRE-002).
/// * **Line protocol** is the interface's carrier: without it the kernel sends nothing there.
@NullMarked
package io.nubicast.dataplane.gre;

import org.jspecify.annotations.NullMarked;
