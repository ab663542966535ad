package io.weir.analytics.sla;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.analytics.call.UsageStoreAway;
import io.weir.analytics.sla.Availability.Counted;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/sla`: what a tenant had of its calls in a month, and the credit that is due; and for operators
/// those of whom it was promised more than they had.
final class SlaRoute {

    private static final YearMonth EARLIEST = YearMonth.of(2000, 1);
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 1_000;

    private final AvailabilityHours hours;
    private final SlaProperties properties;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final SnapshotTable<PlanSnapshot> plans;
    private final InstantSource clock;

    SlaRoute(
            AvailabilityHours hours,
            SlaProperties properties,
            SnapshotTable<TenantSnapshot> tenants,
            SnapshotTable<PlanSnapshot> plans,
            InstantSource clock) {
        this.hours = hours;
        this.properties = properties;
        this.tenants = tenants;
        this.plans = plans;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/sla", RouteAccess.anyOf(Scope.ANALYTICS), this::own)
                .GET("/api/analytics/sla/missed", RouteAccess.platform(), this::missed)
                .build()
                .filter(UsageStoreAway::say);
    }

    private Mono<ServerResponse> own(ServerRequest request) {
        KnownParameters.check(request, Set.of("tenantId", "month"));
        TenantContext tenant = Caller.tenant(request);
        ZoneId zone = TenantTerms.of(tenant.id(), tenants).zone();
        YearMonth month = month(request, zone);
        return hours.own(tenant, start(month, zone), start(month.plusMonths(1), zone))
                .flatMap(counted -> ServerResponse.ok().bodyValue(judged(counted, month, zone)));
    }

    /// @param missed those that had less than their plan promises, what is due the most first
    /// @param tenants how many made a call in the month
    /// @param creditUsd due to all of them, exact
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Missed(
            YearMonth month, boolean complete, long tenants, Amount creditUsd, List<Availability> missed) {}

    // Months are of UTC here, so that all are of one time.
    private Mono<ServerResponse> missed(ServerRequest request) {
        KnownParameters.check(request, Set.of("month", "limit"));
        YearMonth month = month(request, ZoneOffset.UTC);
        int limit = request.queryParam("limit").map(SlaRoute::limit).orElse(DEFAULT_LIMIT);
        return hours.all(start(month, ZoneOffset.UTC), start(month.plusMonths(1), ZoneOffset.UTC))
                .flatMap(all -> {
                    List<Availability> missed = all.stream()
                            .map(one -> judged(one, month, ZoneOffset.UTC))
                            .filter(one -> one.creditPercent().signum() > 0)
                            .sorted(Comparator.comparing(Availability::creditUsd)
                                    .reversed()
                                    .thenComparing(one -> one.tenantId().toString()))
                            .toList();
                    Amount due = missed.stream().map(Availability::creditUsd).reduce(Amount.ZERO, Amount::plus);
                    return ServerResponse.ok()
                            .bodyValue(new Missed(
                                    month,
                                    isOver(month, ZoneOffset.UTC),
                                    all.size(),
                                    due,
                                    missed.stream().limit(limit).toList()));
                });
    }

    private Availability judged(Counted counted, YearMonth month, ZoneId zone) {
        TenantId id = counted.tenant();
        String plan = tenants.find(id.toString()).map(TenantSnapshot::plan).orElse("unknown");
        Instant last = start(month.plusMonths(1), zone).minusMillis(1);
        PlanSnapshot.Terms terms =
                plans.find(plan).map(found -> found.termsAt(last)).orElse(null);
        return Availability.of(counted, plan, month, isOver(month, zone), terms, properties);
    }

    private boolean isOver(YearMonth month, ZoneId zone) {
        return !clock.instant()
                .isBefore(month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant());
    }

    // Calls are counted by the hour of UTC: where a zone is half an hour off, months begin with the hour.
    private static Instant start(YearMonth month, ZoneId zone) {
        return month.atDay(1).atStartOfDay(zone).toInstant().truncatedTo(ChronoUnit.HOURS);
    }

    private YearMonth month(ServerRequest request, ZoneId zone) {
        YearMonth current = YearMonth.from(clock.instant().atZone(zone));
        String text = request.queryParam("month").orElse(null);
        if (text == null) {
            return current;
        }
        YearMonth month;
        try {
            month = YearMonth.parse(text);
        } catch (DateTimeException malformed) {
            throw PlatformException.invalid("month", "month must be a month such as 2026-11.");
        }
        if (month.isBefore(EARLIEST) || month.isAfter(current)) {
            throw PlatformException.invalid("month", "month must be the current one or one that is over.");
        }
        return month;
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException malformed) {
            // said below
        }
        throw PlatformException.invalid("limit", "limit must be a number from 1 to " + MOST + ".");
    }
}
