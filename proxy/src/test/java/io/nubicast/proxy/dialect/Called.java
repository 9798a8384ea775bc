package io.nubicast.proxy.dialect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// What one call of an old command printed.
record Called(int exit, String out, String err) {
    /// A command under test.
    interface Command {
        int run(String[] args, Environment env);
    }

    static Called call(Command command, String name, Path directory, Map<String, String> variables, String in,
            String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Environment env = new Environment(name, new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                directory, variables, ran -> ran.equals(directory) ? 42 : 1);
        int exit = command.run(args, env);
        return new Called(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
