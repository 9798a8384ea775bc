/// The only module with native access: Linux system calls through `java.lang.foreign`. See the packages `sys`, `socket`, `netlink` and `bpf`.
@NullMarked
package io.nubicast.kernel;

import org.jspecify.annotations.NullMarked;
