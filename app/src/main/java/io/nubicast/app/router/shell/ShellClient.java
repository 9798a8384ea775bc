package io.nubicast.app.router.shell;

import io.nubicast.proxy.management.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A conversation with a router's shell. For one thread.
final class ShellClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /// Commands such as a long `ping` take their time.
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Duration QUICK = Duration.ofSeconds(10);

    /// What the router said to a line.
    ///
    /// @param json the same facts, for programs
    /// @param length lines of a page, 0 for no paging
    record Reply(String text, boolean ok, boolean closed, int length, String json) {}

    private final ControlClient connection;
    private String prompt = "";

    private ShellClient(ControlClient connection) {
        this.connection = connection;
    }

    /// @throws ControlClient.NotRunning when no router answers there
    static ShellClient open(Path socket) throws IOException {
        ShellClient client = new ShellClient(ControlClient.open(socket));
        try {
            client.ask("prompt", QUICK);
            return client;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /// For the next line.
    String prompt() {
        return prompt;
    }

    Reply run(String line) throws IOException {
        JsonNode answer = ask(request("run", line), PATIENCE);
        return new Reply(answer.path("text").asString(""), answer.path("ok").asBoolean(false),
                answer.path("closed").asBoolean(false), answer.path("length").asInt(0),
                answer.path("answer").toString());
    }

    String help(String line) throws IOException {
        return ask(request("help", line), QUICK).path("text").asString("");
    }

    List<String> complete(String line) throws IOException {
        List<String> words = new ArrayList<>();
        for (JsonNode word : ask(request("complete", line), QUICK).path("words")) {
            words.add(word.asString(""));
        }
        return words;
    }

    private static String request(String verb, String line) {
        return verb + " \"" + line.replace('\n', ' ').replace('\r', ' ') + "\"";
    }

    private JsonNode ask(String request, Duration patience) throws IOException {
        String answer = connection.ask(request, patience);
        try {
            JsonNode read = JSON.readTree(answer);
            if (read.has("error") && !read.has("ok")) {
                throw new IOException(read.path("error").asString("refused"));
            }
            prompt = read.path("prompt").asString(prompt);
            return read;
        } catch (JacksonException e) {
            throw new IOException("what answers there is no router: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
