@NullMarked
package io.weir.simulators.provider;

import org.jspecify.annotations.NullMarked;
