package io.nubicast.router.config;

import io.nubicast.shell.Arguments;
import io.nubicast.shell.Mode;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A kind of configuration line: its form, what names the setting, and what it means. Made while the `…Lines` are collected, then
/// left alone.
final class Statement {
    /// What a line means: puts values where they belong.
    @FunctionalInterface
    interface Apply {
        void to(Meaning.Context context);
    }

    /// Means nothing to the daemon yet, or stands for itself.
    static final Apply NOTHING = context -> {};

    private final Mode mode;
    private final String pattern;
    private final int keyWords;
    private final int order;
    private final int group;
    private final Apply apply;
    private Function<Arguments, String> key;
    private final Set<String> defaults = new HashSet<>();
    private boolean onByDefault;
    private boolean removesAll;
    private @Nullable Mode opens;
    private boolean numbered;
    private boolean aboveAddress;
    private int noWords;

    Statement(Mode mode, String pattern, int keyWords, int order, int group, Apply apply) {
        this.mode = mode;
        this.pattern = pattern;
        this.keyWords = keyWords;
        this.noWords = keyWords;
        this.order = order;
        this.group = group;
        this.apply = apply;
        this.key = arguments -> arguments.text(keyWords);
    }

    /// What names the setting, where it is not the first words: a line replaces the one with the same key.
    Statement key(Function<Arguments, String> newKey) {
        key = newKey;
        return this;
    }

    /// How many words `no` needs; what they name is removed.
    Statement noWords(int words) {
        noWords = words;
        return this;
    }

    /// `no` removes every setting whose key starts with the words given.
    Statement removesAll() {
        removesAll = true;
        return this;
    }

    /// Lines that say what holds anyway, and are not kept.
    Statement unless(String... lines) {
        defaults.addAll(Set.of(lines));
        return this;
    }

    /// The setting is on unless `no` switches it off, and then the `no` line is kept.
    Statement onByDefault() {
        onByDefault = true;
        return this;
    }

    /// The line starts a block.
    Statement opens(Mode block) {
        opens = block;
        return this;
    }

    /// Lines of a block that have a number each, its parameter `seq`, and are sorted by it.
    Statement numbered() {
        numbered = true;
        return this;
    }

    /// Shown above the addresses of its interface.
    Statement aboveAddress() {
        aboveAddress = true;
        return this;
    }

    Mode mode() {
        return mode;
    }

    String pattern() {
        return pattern;
    }

    int keyWords() {
        return keyWords;
    }

    int noWords() {
        return noWords;
    }

    int order() {
        return order;
    }

    int group() {
        return group;
    }

    Apply apply() {
        return apply;
    }

    String keyOf(Arguments arguments) {
        return key.apply(arguments);
    }

    boolean isDefault(String text) {
        return defaults.contains(text);
    }

    boolean isOnByDefault() {
        return onByDefault;
    }

    boolean doesRemoveAll() {
        return removesAll;
    }

    @Nullable
    Mode opens() {
        return opens;
    }

    boolean isAboveAddress() {
        return aboveAddress;
    }

    boolean isNumbered() {
        return numbered;
    }
}
