package io.weir.analytics.forecast;

import io.weir.analytics.call.CalendarSteps;
import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/forecast`: of model usage, on the tenant's calendar.
public final class ForecastRoute {

    private static final Duration DAY = Duration.ofDays(1);
    // Every day and the last 24 hours from the same rows.
    private static final String SQL = """
            SELECT %s AS day, sum(cost) AS spent, sumIf(cost, event_time >= {recent:DateTime64(3, 'UTC')}) AS lately
            FROM usage_requests FINAL
            WHERE tenant_id = {tenant:UUID}
              AND hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) AND hour < {end:DateTime64(3, 'UTC')}
              AND event_time >= {start:DateTime64(3, 'UTC')} AND event_time < {end:DateTime64(3, 'UTC')}
            GROUP BY day ORDER BY day""".formatted(CalendarSteps.SQL);

    private static final String BEFORE = """
            SELECT 1 AS called FROM usage_requests
            WHERE tenant_id = {tenant:UUID}
              AND hour <= toStartOfHour({first:DateTime64(3, 'UTC')}) AND event_time < {first:DateTime64(3, 'UTC')}
            LIMIT 1""";

    private final TenantQuery query;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    public ForecastRoute(TenantQuery query, SnapshotTable<TenantSnapshot> tenants, InstantSource clock) {
        this.query = query;
        this.tenants = tenants;
        this.clock = clock;
    }

    private record Day(Instant start, BigDecimal spent, BigDecimal lately) {}

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/forecast", RouteAccess.anyOf(Scope.ANALYTICS), this::forecast)
                .build();
    }

    private Mono<ServerResponse> forecast(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        KnownParameters.check(request, Set.of("tenantId"));
        TenantTerms terms = TenantTerms.of(tenant.id(), tenants);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Instant> days = days(now, terms.zone());
        Map<String, Object> parameters = Map.of(
                "start", days.getFirst(),
                "end", now.plusSeconds(1),
                "recent", now.minus(DAY),
                "steps", CalendarSteps.parameter(days));
        return query.rows(
                        SQL,
                        parameters,
                        row -> new Day(
                                Instant.ofEpochSecond(row.integer("day")),
                                row.amount("spent").value(),
                                row.amount("lately").value()))
                .flatMap(found -> calledBefore(lookedAt(days).getFirst())
                        .map(called -> forecast(terms, now, days, found, called)))
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(answer -> ServerResponse.ok().bodyValue(answer));
    }

    private Mono<Boolean> calledBefore(Instant first) {
        return query.rows(BEFORE, Map.of("first", first), row -> row.integer("called"))
                .map(found -> !found.isEmpty());
    }

    // From the start of the month, and at least as far back as the forecast looks; the last one is today.
    private static List<Instant> days(Instant now, ZoneId zone) {
        LocalDate today = now.atZone(zone).toLocalDate();
        LocalDate month = today.withDayOfMonth(1);
        LocalDate back = today.minusDays(MonthForecast.MOST_DAYS);
        List<Instant> days = new ArrayList<>();
        for (LocalDate day = back.isBefore(month) ? back : month; !day.isAfter(today); day = day.plusDays(1)) {
            days.add(day.atStartOfDay(zone).toInstant());
        }
        return days;
    }

    // Today is not over.
    private static List<Instant> lookedAt(List<Instant> days) {
        return days.subList(Math.max(0, days.size() - 1 - MonthForecast.MOST_DAYS), days.size() - 1);
    }

    private static MonthForecast forecast(
            TenantTerms terms, Instant now, List<Instant> days, List<Day> found, boolean calledBefore) {
        LocalDate month = now.atZone(terms.zone()).toLocalDate().withDayOfMonth(1);
        Instant start = month.atStartOfDay(terms.zone()).toInstant();
        Instant end = month.plusMonths(1).atStartOfDay(terms.zone()).toInstant();
        BigDecimal spent = BigDecimal.ZERO;
        BigDecimal lately = BigDecimal.ZERO;
        Map<Instant, BigDecimal> byDay = new TreeMap<>();
        for (Day day : found) {
            byDay.put(day.start(), day.spent());
            lately = lately.add(day.lately());
            spent = day.start().isBefore(start) ? spent : spent.add(day.spent());
        }
        List<Amount> complete = MonthForecast.complete(
                lookedAt(days).stream()
                        .map(day -> Optional.ofNullable(byDay.get(day)))
                        .toList(),
                calledBefore);
        Amount perHour = MonthForecast.perHour(lately);
        Amount sofar = new Amount(spent);
        return new MonthForecast(
                now,
                terms.zone().getId(),
                start,
                end,
                sofar,
                perHour,
                complete.size(),
                MonthForecast.range(sofar, complete, Duration.between(now, end)),
                terms.cap(),
                MonthForecast.reached(terms.cap(), sofar, perHour, now, end));
    }
}
