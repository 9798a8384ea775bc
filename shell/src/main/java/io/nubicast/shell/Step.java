package io.nubicast.shell;

/// What a command wants at one place of its line.
public sealed interface Step {
    /// A word of the language, which may be abbreviated.
    record Keyword(String word) implements Step {}

    /// A value with a name.
    record Parameter(String name, ParameterType type) implements Step {}
}
