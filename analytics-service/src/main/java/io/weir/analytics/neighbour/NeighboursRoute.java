package io.weir.analytics.neighbour;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.audit.AuditContext;
import io.weir.clickhouse.ClickHouseException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
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
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who is held back, who was, pardons and restrictions by hand: for operators. A tenant's admin sees its own stage, and
/// of others nothing.
final class NeighboursRoute {

    private static final Logger LOG = LoggerFactory.getLogger(NeighboursRoute.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 200;
    private static final int LONGEST_REASON = 200;
    private static final int DEFAULT_MINUTES = 60;
    private static final int MOST_MINUTES = (int) Duration.ofDays(30).toMinutes();

    private final NeighbourProperties properties;
    private final Cases cases;
    private final Decisions decisions;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    NeighboursRoute(
            NeighbourProperties properties,
            Cases cases,
            Decisions decisions,
            SnapshotTable<TenantSnapshot> tenants,
            InstantSource clock) {
        this.properties = properties;
        this.cases = cases;
        this.decisions = decisions;
        this.tenants = tenants;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/neighbours", RouteAccess.platform(), this::current)
                .GET("/api/analytics/neighbours/history", RouteAccess.platform(), this::history)
                .GET(
                        "/api/analytics/neighbours/{id}",
                        RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id"),
                        this::own)
                .POST("/api/analytics/neighbours/{id}/pardon", RouteAccess.platform(), this::pardon)
                .POST("/api/analytics/neighbours/{id}/restrict", RouteAccess.platform(), this::restrict)
                .build()
                .filter(NeighboursRoute::sayingWhenClickHouseIsAway);
    }

    /// @param current tenants that are held back, or pardoned, at present
    private record Current(boolean automatic, List<Case> current) {}

    private Mono<ServerResponse> current(ServerRequest request) {
        KnownParameters.check(request, Set.of());
        Instant now = clock.instant();
        return cases.latest(now)
                .map(all -> all.stream()
                        .filter(one -> one.isOpen(now) || one.isPardoned(now))
                        .sorted(Comparator.comparing(Case::stage)
                                .reversed()
                                .thenComparing(one -> one.tenantId().toString()))
                        .toList())
                .flatMap(open -> ServerResponse.ok().bodyValue(new Current(properties.automatic(), open)));
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Page(List<Case> history, @Nullable String nextCursor) {}

    private Mono<ServerResponse> history(ServerRequest request) {
        KnownParameters.check(request, Set.of("tenantId", "cursor", "limit"));
        TenantId only = request.queryParam("tenantId")
                .map(text -> tenant("tenantId", text))
                .orElse(null);
        HistoryPlace before =
                request.queryParam("cursor").map(HistoryPlace::read).orElse(HistoryPlace.START);
        int limit = request.queryParam("limit")
                .map(text -> number("limit", text, MOST))
                .orElse(DEFAULT_LIMIT);
        return cases.history(only, before, limit + 1).flatMap(found -> {
            boolean more = found.size() > limit;
            List<Case> shown = more ? found.subList(0, limit) : found;
            String next = more ? HistoryPlace.of(shown.getLast()).write() : null;
            return ServerResponse.ok().bodyValue(new Page(shown, next));
        });
    }

    /// What a tenant may know of itself.
    ///
    /// @param maxConcurrency calls at once in each instance; null: no cap
    /// @param until null: nothing ends, for nothing is restricted
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Own(
            TenantId tenantId,
            boolean restricted,
            String step,
            double weight,
            @Nullable Integer maxConcurrency,
            @Nullable Instant until,
            @Nullable String reason) {

        static Own free(TenantId tenant) {
            return new Own(tenant, false, Stage.NONE.wireName(), 1, null, null, null);
        }

        static Own of(Case open) {
            Stage stage = open.stage() == Stage.PAGE ? Stage.QUARANTINE : open.stage();
            return new Own(
                    open.tenantId(),
                    true,
                    stage.wireName(),
                    stage.weight(),
                    stage.maxConcurrency(),
                    open.until(),
                    open.reason());
        }
    }

    private Mono<ServerResponse> own(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request, request.pathVariable("id"), "id");
        Instant now = clock.instant();
        return cases.own(tenant)
                .map(last -> last.filter(one -> one.enforced() && one.isOpen(now))
                        .map(Own::of)
                        .orElseGet(() -> Own.free(tenant.id())))
                .flatMap(own -> ServerResponse.ok().bodyValue(own));
    }

    private Mono<ServerResponse> pardon(ServerRequest request) {
        return body(request).flatMap(json -> {
            TenantId tenant = known(request);
            String reason = reason(json);
            Duration lasts = minutes(json);
            return decide(tenant, (last, now, actor) -> last.pardoned(now, now.plus(lasts), reason, actor));
        });
    }

    private Mono<ServerResponse> restrict(ServerRequest request) {
        return body(request).flatMap(json -> {
            TenantId tenant = known(request);
            Stage stage = stage(json);
            String reason = reason(json);
            Duration lasts = minutes(json);
            return decide(tenant, (last, now, actor) -> last.restricted(stage, now, now.plus(lasts), reason, actor));
        });
    }

    @FunctionalInterface
    private interface Decision {
        Case after(Case last, Instant now, String actor);
    }

    private Mono<ServerResponse> decide(TenantId tenant, Decision decision) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return Mono.deferContextual(context -> {
            String actor = AuditContext.of(context, "analytics").actor();
            return cases.latest(tenant, now)
                    .map(last -> decision.after(last, now, actor))
                    .delayUntil(decisions::record)
                    .delayUntil(decisions::tell)
                    .flatMap(decided -> ServerResponse.ok().bodyValue(decided));
        });
    }

    private static Mono<JsonNode> body(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]).map(bytes -> {
            try {
                JsonNode json = JSON.readTree(bytes);
                if (json.isObject()) {
                    return json;
                }
            } catch (JacksonException malformed) {
                LOG.debug("Not JSON", malformed);
            }
            throw PlatformException.invalid(
                    "body", "Send a JSON object such as {\"reason\": \"...\", \"minutes\": 60}.");
        });
    }

    private TenantId known(ServerRequest request) {
        TenantId tenant = tenant("id", request.pathVariable("id"));
        Optional<TenantSnapshot> found = tenants.find(tenant.toString());
        if (found.isEmpty()) {
            throw new PlatformException(ProblemType.NOT_FOUND, "There is no tenant " + tenant + ".");
        }
        return tenant;
    }

    private static TenantId tenant(String parameter, String text) {
        try {
            return TenantId.of(text);
        } catch (IllegalArgumentException malformed) {
            throw PlatformException.invalid(parameter, parameter + " must be a tenant's UUID.");
        }
    }

    private static Stage stage(JsonNode json) {
        return switch (json.path("step").asString("")) {
            case "lower_weight" -> Stage.LOWER_WEIGHT;
            case "cap_concurrency" -> Stage.CAP_CONCURRENCY;
            case "quarantine" -> Stage.QUARANTINE;
            default ->
                throw PlatformException.invalid(
                        "step", "step must be one of lower_weight, cap_concurrency, quarantine.");
        };
    }

    private static String reason(JsonNode json) {
        JsonNode reason = json.path("reason");
        String text = reason.isString() ? reason.asString().strip() : "";
        if (text.isEmpty() || text.length() > LONGEST_REASON) {
            throw PlatformException.invalid(
                    "reason",
                    "reason must say why, in 1 to " + LONGEST_REASON + " characters; the tenant can read it.");
        }
        return text;
    }

    private static Duration minutes(JsonNode json) {
        JsonNode minutes = json.path("minutes");
        if (minutes.isMissingNode()) {
            return Duration.ofMinutes(DEFAULT_MINUTES);
        }
        return Duration.ofMinutes(
                number("minutes", minutes.isIntegralNumber() ? minutes.asString() : "", MOST_MINUTES));
    }

    private static int number(String name, String text, int most) {
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        throw PlatformException.invalid(name, name + " must be a whole number from 1 to " + most + ".");
    }

    private static Mono<ServerResponse> sayingWhenClickHouseIsAway(
            ServerRequest request, HandlerFunction<ServerResponse> next) {
        return next.handle(request).onErrorMap(ClickHouseException.class, failure -> {
            LOG.error("{} could not be answered", request.path(), failure);
            return new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "The usage store does not answer at present; nothing was changed. Try again in a moment.",
                    failure);
        });
    }
}
