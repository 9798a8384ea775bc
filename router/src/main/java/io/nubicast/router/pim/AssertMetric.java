package io.nubicast.router.pim;

import io.nubicast.wire.Address;

/// A metric of an Assert (RFC 7761 section 4.6.3).
///
/// @param rpt whether by the tree of the RP: such a metric loses against every other
/// @param preference the lower, the better
/// @param metric the lower, the better
/// @param address of who says so: the higher, the better
record AssertMetric(boolean rpt, int preference, long metric, Address address) {
    /// What an AssertCancel carries, and what a router has that may not forward.
    static final AssertMetric INFINITE = new AssertMetric(true, 0x7FFFFFFF, 0xFFFFFFFFL, Address.ANY_IPV4);

    boolean isBetterThan(AssertMetric other) {
        if (rpt != other.rpt) {
            return !rpt;
        }
        if (preference != other.preference) {
            return preference < other.preference;
        }
        return metric != other.metric ? metric < other.metric : address.compareTo(other.address) > 0;
    }

    /// Whether it is infinite, whoever says so.
    boolean isInfinite() {
        return rpt && preference == INFINITE.preference && metric == INFINITE.metric;
    }
}
