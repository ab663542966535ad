/// Faults on purpose: each rule must catch its own.
@NullMarked
package io.weir.architecture.seeded;

import org.jspecify.annotations.NullMarked;
