/// Tells the world of budgets that are half spent, nearly spent, spent, or spent too fast, once per window and kind.
/// Does not decide that: the window's row does, in the transaction that settles.
@NullMarked
package io.weir.orchestration.budget.alert;

import org.jspecify.annotations.NullMarked;
