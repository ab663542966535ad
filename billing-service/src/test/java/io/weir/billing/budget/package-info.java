@NullMarked
package io.weir.billing.budget;

import org.jspecify.annotations.NullMarked;
