@NullMarked
package io.weir.billing.reconciliation;

import org.jspecify.annotations.NullMarked;
