/// The commands of the original's user-space tool, under their own names: [MultisAdmin], [MulticAdmin], [ServerReloadList],
/// [ClientReloadList]. What they print is the original's, byte for byte; what it does wrong is not reproduced.
///
/// They must answer at once: no logging, no data binding, no reflection, and as few classes as possible.
@NullMarked
package io.nubicast.proxy.dialect;

import org.jspecify.annotations.NullMarked;
