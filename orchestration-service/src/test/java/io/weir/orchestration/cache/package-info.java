@NullMarked
package io.weir.orchestration.cache;

import org.jspecify.annotations.NullMarked;
