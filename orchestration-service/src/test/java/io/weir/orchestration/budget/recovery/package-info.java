@NullMarked
package io.weir.orchestration.budget.recovery;

import org.jspecify.annotations.NullMarked;
