package io.nubicast.app.router.shell;

import io.nubicast.proxy.management.ControlServer;
import io.nubicast.shell.Result;
import io.nubicast.shell.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Answers `nubicast shell` on a Unix socket that only root and the daemon's user may use. Each connection is a session of its own,
/// on a thread of its own.
public final class ShellServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
    private static final Duration IDLE = Duration.ofHours(12);

    private final ControlServer server;

    private ShellServer(ControlServer server) {
        this.server = server;
    }

    /// Listens from now on.
    ///
    /// @param sessions makes a session for each connection
    /// @throws IOException when another daemon answers there, or the place cannot be used
    public static ShellServer open(Path socket, Supplier<Session> sessions) throws IOException {
        return new ShellServer(ControlServer.open(socket, () -> new Conversation(sessions.get()), IDLE));
    }

    /// Where it listens.
    public Path path() {
        return server.path();
    }

    @Override
    public void close() {
        server.close();
    }

    /// One connection.
    private static final class Conversation implements ControlServer.Requests {
        private static final JsonMapper JSON = JsonMapper.builder().build();

        private final Session session;

        private Conversation(Session session) {
            this.session = session;
        }

        @Override
        public String answer(String request) {
            int blank = request.indexOf(' ');
            String verb = blank < 0 ? request : request.substring(0, blank);
            String line = unquoted(blank < 0 ? "" : request.substring(blank + 1));
            try {
                return JSON.writeValueAsString(switch (verb) {
                    case "run" -> run(line);
                    case "help" -> with("text", session.help(line));
                    case "complete" -> with("words", session.complete(line, line.length()));
                    case "prompt" -> with("ok", true);
                    default -> with("error", "no such request: " + verb);
                });
            } catch (RuntimeException e) {
                LOG.error("the shell could not answer: {}", request, e);
                return JSON.writeValueAsString(with("error", "the router has a fault, please report it: " + e));
            }
        }

        /// The line as it was typed: the quotes keep its blanks, which mean something to `?` and Tab. Without quotes it is taken, too.
        private static String unquoted(String line) {
            return line.length() >= 2 && line.startsWith("\"") && line.endsWith("\"")
                    ? line.substring(1, line.length() - 1)
                    : line;
        }

        private Map<String, Object> run(String line) {
            Result result = session.execute(line);
            Map<String, Object> answer = with("text", result.text());
            answer.put("ok", result.ok());
            answer.put("closed", result.closed());
            answer.put("length", result.terminalLength());
            answer.put("answer", result.answer().json());
            return answer;
        }

        private Map<String, Object> with(String key, Object value) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put(key, value);
            answer.put("prompt", session.prompt());
            return answer;
        }
    }
}
