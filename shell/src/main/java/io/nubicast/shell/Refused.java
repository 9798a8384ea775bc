package io.nubicast.shell;

/// A command whose line is right refuses: what it asks for cannot be. Nothing was changed.
public final class Refused extends Exception {
    @java.io.Serial
    private static final long serialVersionUID = 1L;

    private final int column;

    /// @param message what is wrong and what to change, without `%`
    public Refused(String message) {
        this(message, -1);
    }

    /// @param column of the word at fault, from 0; -1 for the whole line
    public Refused(String message, int column) {
        super(message);
        this.column = column;
    }

    Fault fault() {
        return new Fault(Fault.Kind.REFUSED, column, "% " + getMessage(), "");
    }
}
