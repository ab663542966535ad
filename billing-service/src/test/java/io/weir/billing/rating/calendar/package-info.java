@NullMarked
package io.weir.billing.rating.calendar;

import org.jspecify.annotations.NullMarked;
