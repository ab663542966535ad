/// What plans promise of availability, what tenants had of it, and the credits that follow.
@NullMarked
package io.weir.analytics.sla;

import org.jspecify.annotations.NullMarked;
