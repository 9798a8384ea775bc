/// The system calls: one class holds every handle, one every struct. Nothing else in the project has native access.
///
/// A call returns `-errno` when it fails, as in the kernel, so that the hot path neither throws nor allocates; cold callers
/// pass the result through [io.nubicast.kernel.sys.SystemCalls#check(String, int)].
@NullMarked
package io.nubicast.kernel.sys;

import org.jspecify.annotations.NullMarked;
