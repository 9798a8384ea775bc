/// Access lists and ranges of groups, as the configuration names them.
@NullMarked
package io.nubicast.router.policy;

import org.jspecify.annotations.NullMarked;
