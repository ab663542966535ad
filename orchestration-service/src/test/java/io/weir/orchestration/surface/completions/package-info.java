@NullMarked
package io.weir.orchestration.surface.completions;

import org.jspecify.annotations.NullMarked;
