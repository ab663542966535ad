@NullMarked
package io.weir.billing.rating.model;

import org.jspecify.annotations.NullMarked;
