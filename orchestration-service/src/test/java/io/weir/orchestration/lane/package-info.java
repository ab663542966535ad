@NullMarked
package io.weir.orchestration.lane;

import org.jspecify.annotations.NullMarked;
