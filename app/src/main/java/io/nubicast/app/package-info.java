/// The program `nubicast`: main, daemons, wiring, demo.
@NullMarked
package io.nubicast.app;

import org.jspecify.annotations.NullMarked;
