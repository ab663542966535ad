/// The catalogue of plans with effective dates. Does not own invoices (billing) nor what a tenant overrides.
@NullMarked
package io.weir.tenant.plan;

import org.jspecify.annotations.NullMarked;
