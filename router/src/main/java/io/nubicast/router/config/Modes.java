package io.nubicast.router.config;

import io.nubicast.shell.Mode;

/// The modes of the configuration.
public final class Modes {
    public static final Mode GLOBAL = Mode.CONFIGURE;
    public static final Mode INTERFACE = Mode.below("interface", "config-if");
    public static final Mode ROUTER = Mode.below("router", "config-router");
    public static final Mode STANDARD_LIST = Mode.below("standard-list", "config-std-nacl");
    public static final Mode EXTENDED_LIST = Mode.below("extended-list", "config-ext-nacl");
    public static final Mode LINE = Mode.below("line", "config-line");

    private Modes() {}
}
