package io.nubicast.router.config;

import io.nubicast.shell.Arguments;

/// A line of a configuration.
///
/// @param key what names the setting, see [Statement#keyOf]
/// @param text in canonical form, with `no` where that is what is kept
/// @param origin where it was written
record Line(Statement statement, Arguments arguments, String key, String text, boolean negated, Origin origin) {
    /// Where a line was written.
    ///
    /// @param number from 1; 0 for the prompt
    /// @param raw as it was typed
    record Origin(int number, String raw) {}

    /// The number of a numbered line; 0 for others.
    long sequence() {
        return statement.isNumbered() ? Long.parseLong(key) : 0;
    }
}
