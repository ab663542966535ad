package io.weir.orchestration.surface.responses;

import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// What is remembered of responses. Safe for use by many threads.
public interface Memories {

    /// What a request of the tenant's works with. Fails with a 400 where the response that it goes on with is not kept.
    ///
    /// @param previous id of the response that it goes on with; empty: none
    Mono<Memory> memory(TenantSnapshot tenant, Optional<String> previous);
}
