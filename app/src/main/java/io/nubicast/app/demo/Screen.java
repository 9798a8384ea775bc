package io.nubicast.app.demo;

import java.util.List;

/// Where a demo is shown. The methods are called from one thread, except that [#close()] may come from any and more than once.
interface Screen extends AutoCloseable {
    /// Before anything happens.
    void open(List<String> introduction);

    /// The state of now; several times a second.
    void show(Frame frame);

    /// Something that has happened, worth a line.
    void say(String line);

    /// Gives the terminal back. Nothing is shown afterwards but the result.
    @Override
    void close();

    /// The end: the table, and what it means.
    ///
    /// @param proof what the act without a proxy has shown; may be empty
    /// @param serving the proxies' own lines
    /// @param complaints why it failed; empty: it did not
    void result(String proof, List<String> serving, Frame last, List<Scene.Comparison> comparisons,
            List<String> complaints);
}
