package io.nubicast.tools.mpegts;

/// What can be wrong with a transport stream: the indicators of ETSI TR 101 290 (ETR 290), section 5.2, priority 1 and 2.
public enum TsError {
    /// Packets had to be searched for.
    TS_SYNC_LOSS("1.1", "TS_sync_loss"),
    /// A packet did not begin with 0x47.
    SYNC_BYTE_ERROR("1.2", "Sync_byte_error"),
    /// No Program Association Table for 0.5 s, another table on PID 0, or PID 0 scrambled.
    PAT_ERROR("1.3", "PAT_error"),
    /// A packet lost, out of order, or there more than twice.
    CONTINUITY_COUNT_ERROR("1.4", "Continuity_count_error"),
    /// A program's map table missing for 0.5 s or scrambled.
    PMT_ERROR("1.5", "PMT_error"),
    /// A PID that a map table names did not occur for 5 s.
    PID_ERROR("1.6", "PID_error"),
    /// The transport_error_indicator is set: damaged before it came here. Also a packet whose adaptation field cannot be.
    TRANSPORT_ERROR("2.1", "Transport_error"),
    /// A section with a wrong CRC.
    CRC_ERROR("2.2", "CRC_error"),
    /// More than 100 ms between the arrivals of two clock references (ISO/IEC 13818-1 section 2.7.2).
    PCR_REPETITION_ERROR("2.3a", "PCR_repetition_error"),
    /// The clock jumped back, or by more than 100 ms, without a discontinuity_indicator.
    PCR_DISCONTINUITY_INDICATOR_ERROR("2.3b", "PCR_discontinuity_indicator_error"),
    /// More than 700 ms between presentation times.
    PTS_ERROR("2.5", "PTS_error"),
    /// Scrambled packets without a Conditional Access Table, or another table on PID 1.
    CAT_ERROR("2.6", "CAT_error");

    private final String section;
    private final String label;

    TsError(String section, String label) {
        this.section = section;
        this.label = label;
    }

    /// The number in table 5.0 of TR 101 290, `1.4`. (2.4 PCR_accuracy_error needs a stream of constant rate, unshaken by a
    /// network, and is not judged here.)
    public String section() {
        return section;
    }

    /// The name there, `Continuity_count_error`.
    public String label() {
        return label;
    }

    public int priority() {
        return section.charAt(0) - '0';
    }
}
