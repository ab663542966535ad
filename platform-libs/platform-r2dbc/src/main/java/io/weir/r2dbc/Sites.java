package io.weir.r2dbc;

import io.weir.tenancy.TenantContext;
import reactor.core.publisher.Mono;

/// Knows where the placed rows of each tenant are. Safe for use by many threads.
public interface Sites {

    /// Where the tenant's placed rows are, as far as this process knows.
    Mono<Site> of(TenantContext tenant);

    /// As [#of], after the site that was answered has refused the tenant because its rows have left.
    Mono<Site> after(TenantContext tenant, Site left);

    /// Everybody is at home.
    static Sites only(Site home) {
        return new Sites() {
            @Override
            public Mono<Site> of(TenantContext tenant) {
                return Mono.just(home);
            }

            @Override
            public Mono<Site> after(TenantContext tenant, Site left) {
                return Mono.just(home);
            }
        };
    }
}
