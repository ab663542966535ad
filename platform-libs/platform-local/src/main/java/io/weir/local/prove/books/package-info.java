/// Every book that says what was used, read apart from each other and by nothing of the services' code: the provider's,
/// the ledger, ClickHouse, the sealed hours, the budgets. And the comparison of all of them. Amounts are whole
/// millionths of a millionth of a US dollar.
@NullMarked
package io.weir.local.prove.books;

import org.jspecify.annotations.NullMarked;
