@NullMarked
package io.weir.billing.economics;

import org.jspecify.annotations.NullMarked;
