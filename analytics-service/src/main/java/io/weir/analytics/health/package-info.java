/// How well the platform serves each tenant, as one number with its reasons.
@NullMarked
package io.weir.analytics.health;

import org.jspecify.annotations.NullMarked;
