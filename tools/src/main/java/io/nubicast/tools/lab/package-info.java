/// Networks of Linux network namespaces, built through `ip` and `nft` child processes, for the demo and for tests.
///
/// Everything stands in namespaces of the lab's own, the switches too, so nothing of the machine's network is touched, and
/// deleting the namespaces deletes all. Their names begin with a prefix and the process id of the owner, so that what a
/// killed owner left behind can be found and removed ([Leftovers]).
@NullMarked
package io.nubicast.tools.lab;

import org.jspecify.annotations.NullMarked;
