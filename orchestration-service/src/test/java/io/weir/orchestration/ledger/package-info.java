@NullMarked
package io.weir.orchestration.ledger;

import org.jspecify.annotations.NullMarked;
