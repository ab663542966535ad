@NullMarked
package io.weir.orchestration.forecast;

import org.jspecify.annotations.NullMarked;
