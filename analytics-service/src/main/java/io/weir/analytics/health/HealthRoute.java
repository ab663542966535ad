package io.weir.analytics.health;

import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.analytics.call.UsageStoreAway;
import io.weir.analytics.health.HealthFigures.Calls;
import io.weir.analytics.health.HealthScore.Figures;
import io.weir.analytics.neighbour.HeldBack;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/health`: how well a tenant is served; and for operators, whom it is served worst.
final class HealthRoute {

    private static final int DEFAULT_HOURS = 24;
    private static final int MOST_HOURS = 7 * 24;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 1_000;

    private final HealthFigures figures;
    private final HeldBack heldBack;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    HealthRoute(HealthFigures figures, HeldBack heldBack, SnapshotTable<TenantSnapshot> tenants, InstantSource clock) {
        this.figures = figures;
        this.heldBack = heldBack;
        this.tenants = tenants;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/health", RouteAccess.anyOf(Scope.ANALYTICS), this::own)
                .GET("/api/analytics/health/worst", RouteAccess.platform(), this::worst)
                .build()
                .filter(UsageStoreAway::say);
    }

    private Mono<ServerResponse> own(ServerRequest request) {
        KnownParameters.check(request, Set.of("tenantId", "hours"));
        TenantContext tenant = Caller.tenant(request);
        Instant now = now();
        Instant from = from(request, now);
        TenantTerms terms = TenantTerms.of(tenant.id(), tenants);
        return Mono.zip(
                        figures.calls(tenant, from),
                        figures.spent(tenant, month(now, terms.zone())),
                        heldBack.stage(tenant, now))
                .map(all -> score(all.getT1(), all.getT2(), all.getT3(), from, now))
                .flatMap(score -> ServerResponse.ok().bodyValue(score));
    }

    /// @param tenants that called in that time
    private record Worst(Instant from, Instant to, int tenants, List<HealthScore> worst) {}

    private Mono<ServerResponse> worst(ServerRequest request) {
        KnownParameters.check(request, Set.of("hours", "limit"));
        Instant now = now();
        Instant from = from(request, now);
        int limit = number(request, "limit", DEFAULT_LIMIT, MOST);
        return Mono.zip(figures.calls(from), figures.spent(month(now, ZoneOffset.UTC)), heldBack.stages(now))
                .map(all -> new Worst(
                        from, now, all.getT1().size(), worst(all.getT1(), all.getT2(), all.getT3(), from, now, limit)))
                .flatMap(worst -> ServerResponse.ok().bodyValue(worst));
    }

    private List<HealthScore> worst(
            List<Calls> calls,
            Map<TenantId, Amount> spent,
            Map<TenantId, Stage> stages,
            Instant from,
            Instant to,
            int limit) {
        return calls.stream()
                .map(one -> score(
                        one,
                        spent.getOrDefault(one.tenant(), Amount.ZERO),
                        stages.getOrDefault(one.tenant(), Stage.NONE),
                        from,
                        to))
                .filter(one -> one.score() != null)
                .sorted(Comparator.comparing((HealthScore one) -> Objects.requireNonNull(one.score()))
                        .thenComparing(
                                Comparator.comparingLong(HealthScore::calls).reversed())
                        .thenComparing(one -> one.tenantId().toString()))
                .limit(limit)
                .toList();
    }

    private HealthScore score(Calls calls, Amount spent, Stage stage, Instant from, Instant to) {
        Figures known = new Figures(
                calls.tenant(),
                calls.calls(),
                calls.failed(),
                calls.answered(),
                calls.addedMillis(),
                calls.overQuota(),
                spent,
                TenantTerms.of(calls.tenant(), tenants).cap(),
                stage);
        return HealthScore.of(known, from, to);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Instant from(ServerRequest request, Instant now) {
        return now.minus(Duration.ofHours(number(request, "hours", DEFAULT_HOURS, MOST_HOURS)));
    }

    private static Instant month(Instant now, ZoneId zone) {
        return YearMonth.from(now.atZone(zone)).atDay(1).atStartOfDay(zone).toInstant();
    }

    private static int number(ServerRequest request, String name, int otherwise, int most) {
        String text = request.queryParam(name).orElse(null);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException malformed) {
            // said below
        }
        throw PlatformException.invalid(name, name + " must be a number from 1 to " + most + ".");
    }
}
