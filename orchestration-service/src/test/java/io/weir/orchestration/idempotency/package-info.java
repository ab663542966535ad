@NullMarked
package io.weir.orchestration.idempotency;

import org.jspecify.annotations.NullMarked;
