/// Gives back what dead processes had leased of budgets, once their ledger events were read. Owns no numbers: it sets
/// what the ledger says.
@NullMarked
package io.weir.orchestration.budget.recovery;

import org.jspecify.annotations.NullMarked;
