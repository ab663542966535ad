@NullMarked
package io.weir.orchestration.surface.responses;

import org.jspecify.annotations.NullMarked;
