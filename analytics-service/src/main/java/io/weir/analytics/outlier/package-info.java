/// Tenants that stand out, as metrics: the only ones that name a tenant, and few at a time.
@NullMarked
package io.weir.analytics.outlier;

import org.jspecify.annotations.NullMarked;
