/// The router's shell over its control socket: [io.nubicast.app.router.shell.ShellServer] in the daemon,
/// [io.nubicast.app.router.shell.ShellCommand] is `nubicast shell`.
///
/// Each connection is a session. A request is a line: a word that says what is wanted, a blank, and the line that was typed, in quotes
/// that keep its blanks (nothing is escaped):
///
/// | request | answer |
/// | --- | --- |
/// | `run "LINE"` | an object with `text`, `prompt`, `ok`, `closed`, `length` (of a page) and `answer` (the same facts for `--json`) |
/// | `help "LINE"` | `text`, `prompt` |
/// | `complete "LINE"` | `words`, `prompt` |
/// | `prompt` | `prompt` |
///
/// An answer is one line of JSON.
@NullMarked
package io.nubicast.app.router.shell;

import org.jspecify.annotations.NullMarked;
