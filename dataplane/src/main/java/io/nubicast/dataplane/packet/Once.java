package io.nubicast.dataplane.packet;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Passes each line on once, and not more than a reader can take. One thread.
final class Once implements Consumer<String> {
    static final int MOST = 1000;

    private final Consumer<String> reader;
    private final Set<String> told = new HashSet<>();

    Once(Consumer<String> reader) {
        this.reader = reader;
    }

    @Override
    public void accept(String line) {
        if (told.size() < MOST && told.add(line)) {
            reader.accept(line);
        }
    }
}
