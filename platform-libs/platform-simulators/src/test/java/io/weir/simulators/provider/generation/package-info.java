@NullMarked
package io.weir.simulators.provider.generation;

import org.jspecify.annotations.NullMarked;
