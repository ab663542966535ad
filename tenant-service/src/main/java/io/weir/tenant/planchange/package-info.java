/// Putting a tenant on another plan. Does not own the catalogue (plan) nor what a change costs (billing).
@NullMarked
package io.weir.tenant.planchange;

import org.jspecify.annotations.NullMarked;
