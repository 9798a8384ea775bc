/// What an engineer runs to see why nothing arrives: send, receive, stream health.
@NullMarked
package io.nubicast.tools;

import org.jspecify.annotations.NullMarked;
