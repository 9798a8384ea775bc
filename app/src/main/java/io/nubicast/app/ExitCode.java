package io.nubicast.app;

/// Exit codes, as in sysexits.h.
public final class ExitCode {
    public static final int OK = 0;
    /// Something did not go well, and there is no better code.
    public static final int FAILED = 1;
    /// EX_USAGE: the command line is wrong.
    public static final int USAGE = 64;
    /// EX_UNAVAILABLE: what is needed is not there: a data plane, a daemon, a port, a privilege.
    public static final int UNAVAILABLE = 69;
    /// EX_SOFTWARE: a fault of this program.
    public static final int SOFTWARE = 70;
    /// EX_TEMPFAIL: another daemon of the same role runs already.
    public static final int ALREADY_RUNNING = 75;
    /// EX_CONFIG: the configuration file is wrong.
    public static final int CONFIGURATION = 78;

    private ExitCode() {}
}
