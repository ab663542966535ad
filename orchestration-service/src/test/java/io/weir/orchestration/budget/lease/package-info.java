@NullMarked
package io.weir.orchestration.budget.lease;

import org.jspecify.annotations.NullMarked;
