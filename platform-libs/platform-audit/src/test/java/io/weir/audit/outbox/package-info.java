@NullMarked
package io.weir.audit.outbox;

import org.jspecify.annotations.NullMarked;
