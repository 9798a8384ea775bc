/// The only module with native access: Linux system calls through `java.lang.foreign`. See the packages `sys` and `socket`.
@NullMarked
package io.nubicast.kernel;

import org.jspecify.annotations.NullMarked;
