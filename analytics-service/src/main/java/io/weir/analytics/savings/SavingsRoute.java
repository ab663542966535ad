package io.weir.analytics.savings;

import io.weir.analytics.call.Caller;
import io.weir.analytics.call.Filters;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.analytics.call.TimeParameter;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/savings`. The lines of a span add up to its savings, for a row's savings are the sum of its
/// lines; `GET /api/analytics/requests?saved=<reason>` lists the calls behind a line.
public final class SavingsRoute {

    private static final Duration LONGEST = Duration.ofDays(400);
    private static final Set<String> PARAMETERS = Stream.concat(
                    Filters.PARAMETERS.stream(), Stream.of("from", "to", "tenantId"))
            .collect(Collectors.toUnmodifiableSet());

    // The empty line stands for each request itself, so that all sums are of the same rows.
    private static final String SQL = """
            SELECT toString(reason) AS of, sum(amount) AS saved, count() AS requests
            FROM usage_requests FINAL
            ARRAY JOIN arrayPushBack(`savings_lines.reason`, '') AS reason,
                       arrayPushBack(`savings_lines.amount`, savings) AS amount
            WHERE tenant_id = {tenant:UUID}
              AND hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) AND hour < {end:DateTime64(3, 'UTC')}
              AND event_time >= {start:DateTime64(3, 'UTC')} AND event_time < {end:DateTime64(3, 'UTC')}
              {filters}
            GROUP BY of ORDER BY saved DESC, of""";

    private final TenantQuery query;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    public SavingsRoute(TenantQuery query, SnapshotTable<TenantSnapshot> tenants, InstantSource clock) {
        this.query = query;
        this.tenants = tenants;
        this.clock = clock;
    }

    /// @param requests that have such a line
    private record Line(String reason, Amount amountUsd, long requests) {}

    /// @param end exclusive
    private record Span(Instant start, Instant end) {}

    private record Savings(Span period, Amount savingsUsd, long requests, List<Line> lines) {}

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/savings", RouteAccess.anyOf(Scope.ANALYTICS), this::savings)
                .build();
    }

    private Mono<ServerResponse> savings(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        KnownParameters.check(request, PARAMETERS);
        Span span = span(request, TenantTerms.of(tenant.id(), tenants).zone(), clock.instant());
        Filters filters = Filters.of(name -> request.queryParams().getOrDefault(name, List.of()));
        Map<String, Object> parameters = new HashMap<>(filters.parameters());
        parameters.put("start", span.start());
        parameters.put("end", span.end());
        return query.rows(
                        SQL.replace("{filters}", filters.sql(false)),
                        parameters,
                        row -> new Line(row.text("of"), row.amount("saved"), row.integer("requests")))
                .map(lines -> savings(span, lines))
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(answer -> ServerResponse.ok().bodyValue(answer));
    }

    private static Savings savings(Span span, List<Line> lines) {
        Line all = lines.stream()
                .filter(line -> line.reason().isEmpty())
                .findFirst()
                .orElseGet(() -> new Line("", Amount.ZERO, 0));
        return new Savings(
                span,
                all.amountUsd(),
                all.requests(),
                lines.stream().filter(line -> !line.reason().isEmpty()).toList());
    }

    private static Span span(ServerRequest request, ZoneId zone, Instant now) {
        Instant start = request.queryParam("from")
                .map(text -> TimeParameter.start("from", text, zone))
                .orElseGet(() -> now.atZone(zone)
                        .toLocalDate()
                        .withDayOfMonth(1)
                        .atStartOfDay(zone)
                        .toInstant());
        Instant end = request.queryParam("to")
                .map(text -> TimeParameter.endExclusive("to", text, zone))
                .orElse(now.plusSeconds(1));
        if (!end.isAfter(start)) {
            throw PlatformException.invalid("to", "to lies before from. Swap them.");
        }
        if (Duration.between(start, end).compareTo(LONGEST) > 0) {
            throw PlatformException.invalid("from", "The span may be " + LONGEST.toDays() + " days long at most.");
        }
        return new Span(start, end);
    }
}
