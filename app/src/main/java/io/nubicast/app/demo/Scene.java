package io.nubicast.app.demo;

import java.util.List;

/// What a demo shows. Called from one thread; closing may come from another (Ctrl-C).
interface Scene extends AutoCloseable {
    /// One picture of the manual.
    ///
    /// @param title `Picture 1: only a server`
    /// @param path the way of the stream in one line
    /// @param way the same in few words
    /// @param hops in the order of that way; the first is the source
    record Picture(String title, String path, String way, List<Hop> hops) {
        public Picture {
            hops = List.copyOf(hops);
        }
    }

    /// What to say before anything runs, a line each: what is built, or what is left out.
    List<String> introduction();

    /// Builds the network and starts the members; nothing flows yet.
    void build();

    /// The lines of the table, after [#build()].
    List<Picture> pictures();

    /// Streams without a proxy for a moment: nothing may arrive. False when this scene cannot show that.
    boolean startWithoutProxy();

    /// Ends that and says what it proved.
    ///
    /// @throws DemoException when something did arrive
    String proveBlocked();

    /// Starts the proxies; does not wait for them.
    void startProxies();

    /// They serve.
    ///
    /// @throws DemoException when one has ended instead, or takes too long
    boolean proxiesServe();

    /// Starts the stream that must arrive. Returns the lines in which the proxies said that they serve.
    List<String> startStream();

    /// Ends the stream, waits for what is still under way, and ends the members.
    void endStream();

    /// After [#endStream()]: what every member got, compared with what was sent.
    List<Comparison> comparisons();

    /// A member and its source.
    ///
    /// @param member `ECS2`
    /// @param sent datagrams
    /// @param received datagrams
    /// @param unchanged the fingerprints of both are equal
    record Comparison(String member, long sent, long received, boolean unchanged) {}

    /// Why a proxy or a source failed, a line each; empty when none did.
    List<String> complaints();

    @Override
    void close();
}
