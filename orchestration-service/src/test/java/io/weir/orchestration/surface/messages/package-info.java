@NullMarked
package io.weir.orchestration.surface.messages;

import org.jspecify.annotations.NullMarked;
