/// MPEG-2 transport streams (ISO/IEC 13818-1): packets, the loop that plays a file for ever, and the checks of ETSI TR 101 290
/// (ETR 290). Bytes in, values out: no I/O beyond opening a file, no clock, no threads.
///
/// | file | what |
/// | --- | --- |
/// | [TsPacket], [PesHeader], [Timestamps] | views of one packet and of the timestamps in it, read and written in place |
/// | [TsSync] | finds the packets in a stream of bytes, also after losses |
/// | [PsiSection], [Crc32Mpeg] | the tables that say which PIDs there are |
/// | [TsAnalyser], [TsError], [TsHealth] | what is wrong with a stream, by the names of ETR 290 |
/// | [TsLoop] | a file as an endless stream whose clock and counters go on over the seam |
@NullMarked
package io.nubicast.tools.mpegts;

import org.jspecify.annotations.NullMarked;
