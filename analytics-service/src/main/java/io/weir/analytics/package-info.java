/// The analytics service: the usage ledger in ClickHouse, sealed hours for billing, and what tenants may ask of them.
@NullMarked
package io.weir.analytics;

import org.jspecify.annotations.NullMarked;
