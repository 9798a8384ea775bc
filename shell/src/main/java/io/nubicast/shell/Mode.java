package io.nubicast.shell;

import org.jspecify.annotations.Nullable;

/// A mode of the shell. Compared by identity of its name.
///
/// @param name for programs: `exec`, `interface`
/// @param suffix of the prompt, after the host's name: `#`, `(config-if)#`
/// @param parent where `exit` leads; null for a mode whose `exit` ends the session
/// @param configures whether it is a configuration mode: `no`, `default`, `do` and `end` work there, and a line that it does not
///     know is tried in its parent, as IOS does
public record Mode(String name, String suffix, @Nullable Mode parent, boolean configures) {
    /// What anyone may do.
    public static final Mode USER = new Mode("user", ">", null, false);
    /// What the operator may do.
    public static final Mode PRIVILEGED = new Mode("exec", "#", null, false);
    /// Global configuration.
    public static final Mode CONFIGURE = new Mode("config", "(config)#", PRIVILEGED, true);

    /// A mode below [#CONFIGURE].
    ///
    /// @param prompt `config-if`
    public static Mode below(String name, String prompt) {
        return new Mode(name, "(" + prompt + ")#", CONFIGURE, true);
    }
}
