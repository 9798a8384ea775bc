/// The router's configuration in the IOS language: its lines as a grammar, a running configuration as a tree of canonical lines,
/// and the typed [io.nubicast.router.config.RouterConfig] that the daemon acts on.
///
/// | file | what |
/// | --- | --- |
/// | `…Lines` | the lines of one subject: pattern, what names the setting, what it means |
/// | [io.nubicast.router.config.Draft] | a configuration being changed, line by line |
/// | [io.nubicast.router.config.ConfigReader] | a whole text: every fault at once, with line and column |
/// | `Meaning`, `CrossChecks` | from lines to values, and what must hold between them |
/// | [io.nubicast.router.config.RunningConfig] | the configuration in force: changed in one step or not at all |
/// | [io.nubicast.router.config.ConfigCommands] | the same lines at the prompt, `show running-config`, `write memory` … |
@NullMarked
package io.nubicast.router.config;

import org.jspecify.annotations.NullMarked;
