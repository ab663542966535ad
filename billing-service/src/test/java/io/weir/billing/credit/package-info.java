@NullMarked
package io.weir.billing.credit;

import org.jspecify.annotations.NullMarked;
