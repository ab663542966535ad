package io.weir.tenant.plan;

import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.r2dbc.governance.TenantCache;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.catalog.PlanSnapshot;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/plans`: the terms in force, for anyone with a key.
@Configuration(proxyBeanMethods = false)
class PlanRoutes {

    private static final Duration AGE = Duration.ofSeconds(5);
    private static final int TENANTS = 10_000;

    private final Plans plans;
    private final Clock clock;
    private final TenantCache<List<Plan>> cache = new TenantCache<>("plans", TENANTS, AGE, AGE);

    PlanRoutes(Plans plans, Clock clock) {
        this.plans = plans;
        this.clock = clock;
    }

    @Bean
    RouterFunction<ServerResponse> planRouter() {
        return DeclaredRoutes.route()
                .GET("/api/plans", RouteAccess.signedIn(), this::list)
                .build();
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        Instant now = clock.instant();
        return cache.get(List.of(), plans.all())
                .map(all ->
                        new Catalogue(all.stream().map(plan -> view(plan, now)).toList()))
                .flatMap(ServerResponse.ok()::bodyValue);
    }

    private static View view(Plan plan, Instant now) {
        Plan.Terms terms = plan.termsAt(now);
        PlanSnapshot.Terms billed = terms.billed();
        return new View(
                plan.key(),
                plan.name(),
                plan.aliases(),
                billed.effectiveFrom(),
                billed.monthlyFee(),
                billed.includedCalls(),
                billed.includedPer().name().toLowerCase(Locale.ROOT),
                billed.overagePerCall(),
                billed.requestsPerHour(),
                terms.burstFactor(),
                billed.requestsPerSecond(),
                billed.maxConcurrency(),
                terms.tokensPerMonth(),
                terms.tokensPriced() ? "priced" : "refused",
                terms.documents(),
                terms.storageMb());
    }

    record Catalogue(List<View> plans) {}

    /// @param includedCalls null: unlimited
    /// @param overagePerCall null: further calls are refused, or all are included
    /// @param requestsPerSecond null: no limit
    /// @param maxConcurrency null: no limit
    record View(
            String key,
            String name,
            Set<String> aliases,
            Instant effectiveFrom,
            Amount monthlyFee,
            @Nullable Long includedCalls,
            String includedPer,
            @Nullable Rate overagePerCall,
            @Nullable Long requestsPerHour,
            int burstFactor,
            @Nullable BigDecimal requestsPerSecond,
            @Nullable Integer maxConcurrency,
            long tokensPerMonth,
            String tokensBeyond,
            long documents,
            long storageMb) {}
}
