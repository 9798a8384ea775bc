/// How a running proxy is asked: the original's TCP port ([TcpManagement]) and our Unix socket ([ControlServer],
/// [ControlClient]). Both only hand requests to whoever serves; nothing here knows configuration or counters.
@NullMarked
package io.nubicast.proxy.management;

import org.jspecify.annotations.NullMarked;
