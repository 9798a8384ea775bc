/// `nubicast demo`: the multicast proxy at work, on this machine alone.
///
/// | file | what |
/// | --- | --- |
/// | [DemoCommand] | the command line, and which of the scenes below can be played here |
/// | [Scene] | what a demo shows: hops, grouped in pictures |
/// | [LabScene] | the manual's two pictures, each machine a network namespace |
/// | [LoopbackScene] | what is left where namespaces cannot be had: the portable data plane on loopback |
/// | [UserNamespace] | the way to [LabScene] without root |
/// | [Source], [Member], [Daemon], [Workspace] | the parts of a scene: streams, receivers, `nubicast proxy` processes, files |
/// | [Stage] | runs a scene: proof that multicast is blocked, then the stream, then the comparison |
/// | [Screen] | shows the hops on a terminal, or as plain lines |
@NullMarked
package io.nubicast.app.demo;

import org.jspecify.annotations.NullMarked;
