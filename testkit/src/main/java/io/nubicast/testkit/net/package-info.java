/// A simulated network for protocol cores: nodes, links that lose and delay packets, and virtual time, in one thread.
///
/// A test makes a [io.nubicast.testkit.net.SimNetwork] with a seed, adds nodes and links, and lets time pass; hours take
/// milliseconds. The same seed gives the same run, packet by packet. When a test fails, print the seed and
/// [io.nubicast.testkit.net.SimNetwork#trace()].
///
/// - [io.nubicast.testkit.net.SimNetwork]: the clock, the nodes, the links, the trace
/// - [io.nubicast.testkit.net.SimNode]: what a test makes of its protocol core
/// - [io.nubicast.testkit.net.SimPorts]: what a node sends through
/// - [io.nubicast.testkit.net.SimLink]: a LAN, or a line between two
/// - [io.nubicast.testkit.net.LinkQuality]: how well a link carries
@NullMarked
package io.nubicast.testkit.net;

import org.jspecify.annotations.NullMarked;
