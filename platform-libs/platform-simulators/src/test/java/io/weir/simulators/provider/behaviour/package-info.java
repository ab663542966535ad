@NullMarked
package io.weir.simulators.provider.behaviour;

import org.jspecify.annotations.NullMarked;
