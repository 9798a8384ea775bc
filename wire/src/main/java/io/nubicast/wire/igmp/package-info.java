/// Messages of IGMP versions 1, 2 and 3 (RFC 1112 appendix I, RFC 2236, RFC 3376) as values. A few of them pass in a second, none on
/// the way of data, so there is no view beside the values.
@NullMarked
package io.nubicast.wire.igmp;

import org.jspecify.annotations.NullMarked;
