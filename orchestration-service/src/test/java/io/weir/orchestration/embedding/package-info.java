@NullMarked
package io.weir.orchestration.embedding;

import org.jspecify.annotations.NullMarked;
