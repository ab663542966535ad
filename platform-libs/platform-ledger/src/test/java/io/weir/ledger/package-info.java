@NullMarked
package io.weir.ledger;

import org.jspecify.annotations.NullMarked;
