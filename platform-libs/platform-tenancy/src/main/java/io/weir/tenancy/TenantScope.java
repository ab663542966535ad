package io.weir.tenancy;

import java.util.Optional;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// The only reader and writer of the tenant in the Reactor context.
public final class TenantScope {

    private TenantScope() {}

    /// The tenant of the running pipeline; fails with [MissingTenantException] where there is none.
    public static Mono<TenantContext> current() {
        return Mono.deferContextual(
                context -> find(context).map(Mono::just).orElseGet(() -> Mono.error(new MissingTenantException())));
    }

    /// To be used with `contextWrite`: everything upstream runs for this tenant.
    public static UnaryOperator<Context> entering(TenantContext tenant) {
        return context -> context.put(TenantContext.class, tenant);
    }

    /// The tenant in this context, for code that already holds the context.
    public static Optional<TenantContext> find(ContextView context) {
        return context.getOrEmpty(TenantContext.class);
    }
}
