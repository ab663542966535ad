@NullMarked
package io.weir.billing.rerating;

import org.jspecify.annotations.NullMarked;
