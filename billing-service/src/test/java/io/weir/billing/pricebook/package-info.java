@NullMarked
package io.weir.billing.pricebook;

import org.jspecify.annotations.NullMarked;
