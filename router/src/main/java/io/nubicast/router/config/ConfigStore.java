package io.nubicast.router.config;

import java.io.IOException;
import java.util.Optional;

/// Where configurations are kept. Called on the thread of the session that asks.
public interface ConfigStore {
    /// The configuration with which the router starts; empty when there is none.
    Optional<String> startup() throws IOException;

    /// Replaces it, whole or not at all.
    void saveStartup(String text) throws IOException;

    /// A file that the user names.
    ///
    /// @throws IOException with a message for that user
    String read(String file) throws IOException;
}
