/// Whether what producers metered is what was billed: the books of every stage on the way compared with those of the
/// stage before, and each difference named. Pure. Does not own any of the books.
@NullMarked
package io.weir.billing.reconciliation;

import org.jspecify.annotations.NullMarked;
