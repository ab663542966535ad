@NullMarked
package io.weir.orchestration.moderation;

import org.jspecify.annotations.NullMarked;
