/// Messages of PIM version 2 (RFC 7761 section 4.9, RFC 3973 section 4.7): bytes in, values out, and back.
///
/// - [io.nubicast.wire.pim.PimMessage]: the messages; `parse` and `emit`
/// - [io.nubicast.wire.pim.PimParse]: what parsing yields: a message, or the reason to drop it
/// - [io.nubicast.wire.pim.HelloOption], [io.nubicast.wire.pim.GroupSet], [io.nubicast.wire.pim.SourceEntry]: parts of messages
/// - [io.nubicast.wire.pim.JoinPrunePacker]: packs many groups into messages that fit an MTU
///
/// Addresses are IPv4. Bootstrap and Candidate-RP-Advertisement are carried as they are, unread.
@NullMarked
package io.nubicast.wire.pim;

import org.jspecify.annotations.NullMarked;
