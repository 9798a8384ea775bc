/// The daemons: `nubicast proxy server` and `nubicast proxy client`. They read the file, open a data plane, apply the routes,
/// answer on the management channels, write the log, and end on SIGTERM.
///
/// - [DaemonSettings]: what the command line says; [Places]: where files and sockets are when it says nothing.
/// - [EventLog]: the rotated log file.
/// - [MetricsEndpoint]: Prometheus, off by default.
@NullMarked
package io.nubicast.app.daemon;

import org.jspecify.annotations.NullMarked;
