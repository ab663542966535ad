package io.weir.billing.rerating;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/// Where attempts of the past are read.
interface UsageRows {

    /// Each attempt that counts in an hour of the span once, in an order that does not change. Fails with a 503
    /// where they cannot be read to the end: half of them are of no use.
    ///
    /// @param to exclusive
    /// @param only a tenant's id; null: all tenants
    Flux<UsageRow> between(Instant from, Instant to, @Nullable String only);
}
