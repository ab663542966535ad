@NullMarked
package io.weir.ledger.journal;

import org.jspecify.annotations.NullMarked;
