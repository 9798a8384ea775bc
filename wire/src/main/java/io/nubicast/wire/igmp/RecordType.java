package io.nubicast.wire.igmp;

import java.util.Optional;

/// What a group record says (RFC 3376 section 4.2.12).
public enum RecordType {
    MODE_IS_INCLUDE(1), MODE_IS_EXCLUDE(2), CHANGE_TO_INCLUDE_MODE(3), CHANGE_TO_EXCLUDE_MODE(4), ALLOW_NEW_SOURCES(
            5), BLOCK_OLD_SOURCES(6);

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// Empty for a code that has no meaning yet.
    public static Optional<RecordType> of(int code) {
        return code < 1 || code > 6 ? Optional.empty() : Optional.of(values()[code - 1]);
    }
}
