/// An IOS-like command language as a library: grammar, abbreviations, `?`, completion, tables, pipes. No terminal, file or
/// socket here.
@NullMarked
package io.nubicast.shell;

import org.jspecify.annotations.NullMarked;
