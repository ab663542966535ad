@NullMarked
package io.weir.orchestration;

import org.jspecify.annotations.NullMarked;
