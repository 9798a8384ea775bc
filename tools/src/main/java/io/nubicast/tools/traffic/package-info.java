/// `nubicast send` and `nubicast receive`: what an engineer runs to see whether a group works, and how well.
///
/// | file | what |
/// | --- | --- |
/// | [SendOptions], [Send], [Sender] | what is asked for; the command; the sending itself, for use as a library |
/// | [ReceiveOptions], [Receive], [Receiver], [ReceiveReport] | the same for receiving |
/// | [Probe], [StreamTracker] | the numbered payload, and what its numbers say about loss, duplicates and order |
/// | [Interfaces] | which interface is meant |
///
/// Plain `DatagramChannel`s: runs on every system, without privileges.
@NullMarked
package io.nubicast.tools.traffic;

import org.jspecify.annotations.NullMarked;
