package io.nubicast.wire.pim;

import io.nubicast.wire.Address;

/// A joined or pruned source of a group: an Encoded-Source address of RFC 7761 section 4.9.1, its mask as long as the address.
///
/// @param address of the source; of a (\*,G) entry, of the RP
/// @param sparse the S bit: 1 in PIM-SM; ignored on receipt
/// @param wildcard the W bit: the entry is about every source, (\*,G)
/// @param rpt the R bit: the entry is about the tree of the RP
public record SourceEntry(Address address, boolean sparse, boolean wildcard, boolean rpt)
        implements
            Comparable<SourceEntry> {
    public SourceEntry {
        if (wildcard && !rpt) {
            throw new IllegalArgumentException("an entry for every source is of the RP's tree");
        }
    }

    /// (\*,G).
    public static SourceEntry anySource(Address rp) {
        return new SourceEntry(rp, true, true, true);
    }

    /// (S,G).
    public static SourceEntry of(Address source) {
        return new SourceEntry(source, true, false, false);
    }

    /// (S,G,rpt).
    public static SourceEntry onRpt(Address source) {
        return new SourceEntry(source, true, false, true);
    }

    /// Whether it is about one source on the RP's tree, (S,G,rpt).
    public boolean isOnRpt() {
        return rpt && !wildcard;
    }

    /// Whether it is about one source on its own tree, (S,G).
    public boolean isSource() {
        return !rpt && !wildcard;
    }

    /// By address, (\*,G) before (S,G) before (S,G,rpt) of one address.
    @Override
    public int compareTo(SourceEntry other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(rank(), other.rank());
    }

    private int rank() {
        return wildcard ? 0 : rpt ? 2 : 1;
    }

    /// `*(10.0.0.1)`, `10.1.1.1`, `10.1.1.1,rpt`.
    @Override
    public String toString() {
        return wildcard ? "*(" + address + ")" : rpt ? address + ",rpt" : address.toString();
    }
}
