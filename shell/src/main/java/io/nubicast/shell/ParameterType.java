package io.nubicast.shell;

import java.util.List;

/// A kind of parameter: what is accepted in its place, and how it is written back. Stateless; any thread.
public interface ParameterType {
    /// What `?` shows in its place: `A.B.C.D`, `<1-99>`, `WORD`.
    String placeholder();

    /// Reads a word, or the rest of the line when [#takesRest()].
    Reading read(String text);

    /// Whether it takes everything up to the end of the line, blanks included.
    default boolean takesRest() {
        return false;
    }

    /// How many words it may take; more than one for what people write with a blank inside, `gi 1`. The words are then given
    /// joined by nothing.
    default int mostWords() {
        return 1;
    }

    /// Which of two types that both accept a word is meant: the higher. A word of any form is 0, one of a narrow form 10.
    default int rank() {
        return 10;
    }

    /// Words that Tab may put there, whatever has been typed of them; empty when that is not known.
    default List<String> suggestions() {
        return List.of();
    }

    /// What became of a word.
    sealed interface Reading {}

    /// It is one.
    ///
    /// @param value what commands are given
    /// @param canonical as a configuration shows it
    record Accepted(Object value, String canonical) implements Reading {}

    /// It is none.
    ///
    /// @param offset of the first wrong character within the word, for the caret
    /// @param expected what would do: `a number from 1 to 99`
    record Rejected(int offset, String expected) implements Reading {}
}
