@NullMarked
package io.weir.orchestration.budget;

import org.jspecify.annotations.NullMarked;
