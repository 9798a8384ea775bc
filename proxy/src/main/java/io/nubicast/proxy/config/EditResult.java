package io.nubicast.proxy.config;

import java.nio.file.Path;

/// What came of an edit.
///
/// @param text for people when the edit was refused, every line ended; otherwise empty
public record EditResult(Outcome outcome, String text) {
    /// How it ended. Only with [#CHANGED] is the file another one than before.
    public enum Outcome {
        CHANGED,
        /// It was so already.
        UNCHANGED,
        /// There is no file, or nothing in it.
        NO_FILE,
        /// The group to change is not in the file.
        NO_GROUP,
        /// The file cannot be understood, so it is left alone.
        BAD_FILE,
        /// The change would make a file that the daemon refuses.
        REFUSED
    }

    static final EditResult CHANGED = new EditResult(Outcome.CHANGED, "");
    static final EditResult UNCHANGED = new EditResult(Outcome.UNCHANGED, "");
    static final EditResult NO_GROUP = new EditResult(Outcome.NO_GROUP, "");

    static EditResult noFile(Path file) {
        return new EditResult(Outcome.NO_FILE, file + ": the file does not exist, or is empty\n");
    }

    static EditResult badFile(Faults faults) {
        StringBuilder text = new StringBuilder();
        for (Fault fault : faults.inOrder()) {
            if (fault.isError()) {
                text.append(fault.text()).append('\n');
            }
        }
        return new EditResult(Outcome.BAD_FILE, text.toString());
    }

    static EditResult refused(String text) {
        return new EditResult(Outcome.REFUSED, text + "\n");
    }

    /// Whether the file now says what was asked for.
    public boolean isDone() {
        return outcome == Outcome.CHANGED || outcome == Outcome.UNCHANGED;
    }
}
