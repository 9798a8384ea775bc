/// What tests of every module share: namespace topologies, packet builders, capture readers, a manual clock.
@NullMarked
package io.nubicast.testkit;

import org.jspecify.annotations.NullMarked;
