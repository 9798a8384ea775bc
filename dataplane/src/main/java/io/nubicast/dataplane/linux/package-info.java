/// What the planes of Linux share: which groups are captured where and how they are joined (CaptureScope, GroupJoins), the host's
/// interfaces and addresses (HostInterfaces, OwnAddresses), what a datagram must pass before it is copied (Admission, LoopGuard),
/// errors that come back (IcmpErrors, MemberIndex), senders that cannot be captured (CaptureWatch).
///
/// ServerControl is the slow path of a server's plane on a thread of its own; the plane's hot side is a CaptureSide to it.
@NullMarked
package io.nubicast.dataplane.linux;

import org.jspecify.annotations.NullMarked;
