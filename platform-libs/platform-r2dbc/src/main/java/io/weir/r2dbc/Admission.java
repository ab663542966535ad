package io.weir.r2dbc;

import io.weir.tenancy.TenantContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Decides when a tenant's transaction may ask for a connection, so that no tenant takes all of them. Safe for use by
/// many threads. What it admits is subscribed to once; whatever its end, what was taken for it is given back.
public interface Admission {

    /// The work, once the tenant may have a connection; a 503 [io.weir.problem.PlatformException] where that takes
    /// too long.
    <T> Mono<T> admit(TenantContext tenant, Mono<T> work);

    /// As [#admit], for many rows.
    <T> Flux<T> admitMany(TenantContext tenant, Flux<T> work);

    /// Admits everything at once: the pool's own limits remain.
    static Admission open() {
        return new Admission() {
            @Override
            public <T> Mono<T> admit(TenantContext tenant, Mono<T> work) {
                return work;
            }

            @Override
            public <T> Flux<T> admitMany(TenantContext tenant, Flux<T> work) {
                return work;
            }
        };
    }
}
