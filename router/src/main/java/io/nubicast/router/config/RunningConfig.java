package io.nubicast.router.config;

import io.nubicast.shell.Command.Call;
import io.nubicast.shell.Mode;
import io.nubicast.shell.Refused;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The configuration in force. It changes in one step, to one that is valid as a whole, or not at all. Any thread; the listener is
/// called on the thread that changes it, one change after the other.
public final class RunningConfig {
    /// Is told of each change, before the next can begin.
    @FunctionalInterface
    public interface Listener {
        /// The configuration is no longer `before`.
        void onConfig(RouterConfig before, RouterConfig now);
    }

    /// What is in force: the lines, and what they mean.
    private record State(ConfigTree tree, RouterConfig config) {}

    private final Listener listener;
    private volatile State state = new State(ConfigTree.EMPTY, RouterConfig.EMPTY);

    /// Starts with nothing configured.
    public RunningConfig(Listener listener) {
        this.listener = listener;
    }

    public RouterConfig config() {
        return state.config();
    }

    public ConfigTree tree() {
        return state.tree();
    }

    /// As `show running-config` prints it, and as it is written to the start-up configuration.
    public String text() {
        return text(tree());
    }

    static String text(ConfigTree tree) {
        return tree.text() + "end\n";
    }

    /// Puts a whole configuration in force, or leaves everything as it is when the text has a fault.
    ///
    /// @return what was read, with its problems
    public synchronized ConfigReader.Read replace(String text) {
        ConfigReader.Read read = ConfigReader.read(text);
        if (read.isValid()) {
            swap(read.tree(), read.config());
        }
        return read;
    }

    /// Carries out a configuration line at the prompt.
    ///
    /// @return notices about it
    /// @throws Refused with what to change, when the configuration would not be valid; nothing has changed then
    synchronized List<Problem> apply(Statement statement, Call call) throws Refused {
        State before = state;
        Draft draft = Draft.of(before.tree());
        String opened = draft.apply(call.session().place(), statement, call.form(), call.arguments(),
                new Line.Origin(0, call.arguments().text()));
        ConfigTree tree = draft.tree();
        Meaning.Meant meant = Meaning.of(tree);
        for (Problem problem : meant.problems()) {
            if (problem.fault()) {
                throw new Refused(problem.message() + (problem.advice().isEmpty() ? "" : "\n% " + problem.advice()),
                        problem.column());
            }
        }
        Mode block = statement.opens();
        if (!opened.isEmpty() && block != null) {
            call.session().enter(block, opened);
        }
        if (tree.equals(before.tree())) {
            return List.of();
        }
        swap(tree, meant.config());
        Set<String> known =
                Meaning.of(before.tree()).problems().stream().map(Problem::message).collect(Collectors.toSet());
        return meant.problems().stream().filter(problem -> !known.contains(problem.message())).toList();
    }

    private void swap(ConfigTree tree, RouterConfig config) {
        RouterConfig before = state.config();
        state = new State(tree, config);
        if (!config.equals(before)) {
            listener.onConfig(before, config);
        }
    }
}
