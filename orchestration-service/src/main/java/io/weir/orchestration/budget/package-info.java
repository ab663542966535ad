/// A tenant's hard budget, live: holds, settlements and releases against one row per calendar window. Owns the numbers,
/// not the definitions (billing-service).
@NullMarked
package io.weir.orchestration.budget;

import org.jspecify.annotations.NullMarked;
