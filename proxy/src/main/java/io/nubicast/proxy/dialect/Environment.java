package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.KernelFiles;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// What an old command sees of its process.
///
/// @param argv0 the command's name as it was called, for messages and the usage's title
/// @param directory of the configuration, port and log files
/// @param variables the process's environment
/// @param daemon what -R runs
public record Environment(String argv0, InputStream in, PrintStream out, PrintStream err, Path directory,
        Map<String, String> variables, DaemonRunner daemon) {
    /// Runs a daemon in the foreground until it ends.
    @FunctionalInterface
    public interface DaemonRunner {
        /// Serves with the files in `directory`, and returns the exit code.
        int run(Path directory);
    }

    /// Of this process. Output is buffered: call [#flush()] before the end.
    public static Environment ofProcess(String argv0, DaemonRunner daemon) {
        Map<String, String> variables = System.getenv();
        return new Environment(argv0, System.in, stream(FileDescriptor.out), stream(FileDescriptor.err),
                Path.of(directory(variables)), variables, daemon);
    }

    /// Of this process, for a command of the kernel dialect.
    public static Environment ofKernelCommand(String argv0) {
        Map<String, String> variables = System.getenv();
        return new Environment(argv0, System.in, stream(FileDescriptor.out), stream(FileDescriptor.err),
                KernelFiles.directory(variables), variables, directory -> AdminCommand.FAILED);
    }

    private static String directory(Map<String, String> variables) {
        String named = variables.getOrDefault(ConfigFiles.DIRECTORY_VARIABLE, "");
        return named.isEmpty() ? ConfigFiles.DEFAULT_DIRECTORY : named;
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(descriptor), 8192), false,
                StandardCharsets.UTF_8);
    }

    /// Errors first: the original's are not buffered.
    public void flush() {
        err.flush();
        out.flush();
    }

    /// Whether exit codes are the original's, also where those say failure on success (`NUBICAST_COMPAT_EXIT=1`).
    boolean originalExitCodes() {
        return "1".equals(variables.get("NUBICAST_COMPAT_EXIT"));
    }

    /// A line on standard error that begins with the command's name.
    void complain(String text) {
        err.print(argv0 + ": " + text + "\n");
    }
}
