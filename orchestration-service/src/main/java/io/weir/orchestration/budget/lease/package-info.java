/// Leases on budget windows: what this process may hold against a window without asking, kept in memory, and the
/// conversation about it with the window's row. Owns the live numbers; does not know which budgets a call has.
@NullMarked
package io.weir.orchestration.budget.lease;

import org.jspecify.annotations.NullMarked;
