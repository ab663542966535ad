@NullMarked
package io.weir.orchestration.dialect;

import org.jspecify.annotations.NullMarked;
