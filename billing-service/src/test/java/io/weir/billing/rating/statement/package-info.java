@NullMarked
package io.weir.billing.rating.statement;

import org.jspecify.annotations.NullMarked;
