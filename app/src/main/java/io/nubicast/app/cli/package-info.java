/// The command line of `nubicast`, on picocli. Commands that must answer at once (`proxy status`, the old commands) are
/// dispatched by [io.nubicast.app.Main] before picocli is loaded.
@NullMarked
package io.nubicast.app.cli;

import org.jspecify.annotations.NullMarked;
