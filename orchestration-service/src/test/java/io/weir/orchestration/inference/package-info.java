@NullMarked
package io.weir.orchestration.inference;

import org.jspecify.annotations.NullMarked;
