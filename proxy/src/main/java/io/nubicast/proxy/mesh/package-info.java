/// The full mesh, which is how most people use a multicast proxy: every host is the server of all others and the client of all
/// others. One list, the same on all hosts, makes both files of each host.
@NullMarked
package io.nubicast.proxy.mesh;

import org.jspecify.annotations.NullMarked;
