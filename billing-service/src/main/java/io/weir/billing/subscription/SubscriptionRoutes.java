package io.weir.billing.subscription;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.billing.rating.preview.Fields;
import io.weir.billing.subscription.R2dbcSubscriptions.StoredChange;
import io.weir.billing.subscription.R2dbcSubscriptions.StoredPlan;
import io.weir.billing.subscription.R2dbcSubscriptions.StoredSubscription;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/api/billing/plans` and `/api/billing/subscription`: operators sell plans; a tenant's admin moves between them and
/// sees before what that comes to.
final class SubscriptionRoutes {

    private static final String PLANS = "/api/billing/plans";
    private static final String SUBSCRIPTION = "/api/billing/subscription";
    // What a tenant may decide by itself; the rest is agreed with whoever runs the platform.
    private static final Set<String> ONES_OWN = Set.of("switch", "cancel");

    private final R2dbcSubscriptions subscriptions;
    private final JsonMapper json;
    private final InstantSource clock;

    SubscriptionRoutes(R2dbcSubscriptions subscriptions, JsonMapper json, InstantSource clock) {
        this.subscriptions = subscriptions;
        this.json = json;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PLANS, RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN), this::plans)
                .POST(PLANS, RouteAccess.platform(), this::add)
                .GET(SUBSCRIPTION, RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN), this::show)
                .POST(SUBSCRIPTION + "/changes", RouteAccess.anyOf(Scope.TENANT_ADMIN), this::change)
                .POST(SUBSCRIPTION + "/preview", RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN), this::preview)
                .build();
    }

    private record PlanShown(String plan, int version, Instant effectiveFrom, JsonNode terms) {

        private static PlanShown of(StoredPlan stored) {
            return new PlanShown(
                    stored.version().plan(),
                    stored.version().version(),
                    stored.version().effectiveFrom(),
                    stored.terms());
        }
    }

    private record PlansShown(List<PlanShown> plans) {}

    /// @param ends the first day that is not charged; null: it goes on
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Shown(
            TenantId tenantId,
            String timeZone,
            Instant start,
            @Nullable LocalDate ends,
            List<StoredChange> changes) {

        private static Shown of(TenantId tenant, StoredSubscription stored) {
            Subscription subscription = stored.subscription();
            return new Shown(
                    tenant,
                    subscription.anchor().zone().getId(),
                    subscription.anchor().start(0),
                    subscription.ends().orElse(null),
                    stored.changes());
        }
    }

    /// What the period that now lies in comes to, but for usage.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record BillShown(Instant start, Instant end, String currency, String total, List<BillLine> lines) {

        private static BillShown of(Bill bill) {
            BigDecimal total =
                    BigDecimal.valueOf(bill.subtotal(), bill.currency().getDefaultFractionDigits());
            return new BillShown(
                    bill.cycle().start(),
                    bill.cycle().end(),
                    bill.currency().getCurrencyCode(),
                    total.toPlainString(),
                    bill.lines());
        }
    }

    /// @param before null: there is no subscription yet
    /// @param difference of the totals; null: there is nothing to compare with, or another currency
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Preview(
            @Nullable BillShown before,
            BillShown after,
            @Nullable String difference) {}

    private Mono<ServerResponse> plans(ServerRequest request) {
        return subscriptions
                .plans()
                .map(plans -> new PlansShown(plans.stream().map(PlanShown::of).toList()))
                .flatMap(plans -> answer(HttpStatus.OK, plans));
    }

    private Mono<ServerResponse> add(ServerRequest request) {
        return body(request)
                .map(body -> Fields.body(json, body, PlanJson.EXAMPLE))
                .flatMap(terms -> subscriptions.add(terms, now()))
                .flatMap(stored -> answer(HttpStatus.CREATED, PlanShown.of(stored)));
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        TenantId tenant = tenant(request);
        return subscriptions
                .of(tenant)
                .switchIfEmpty(Mono.error(() -> new PlatformException(
                        ProblemType.NOT_FOUND, "The tenant has no subscription. An operator starts one.")))
                .flatMap(stored -> answer(HttpStatus.OK, Shown.of(tenant, stored)));
    }

    private Mono<ServerResponse> change(ServerRequest request) {
        TenantId tenant = tenant(request);
        return body(request)
                .map(body -> Fields.body(json, body, ChangeJson.EXAMPLE))
                .flatMap(change -> {
                    demandOnesOwn(request, change);
                    return subscriptions.decide(tenant, change, now());
                })
                .flatMap(stored -> answer(HttpStatus.CREATED, Shown.of(tenant, stored)));
    }

    private static void demandOnesOwn(ServerRequest request, Fields change) {
        String kind = change.text("kind").orElse("switch");
        if (!ONES_OWN.contains(kind) && !Access.passport(request).scopes().contains(Scope.PLATFORM_ADMIN)) {
            throw new PlatformException(
                    ProblemType.PERMISSION_DENIED,
                    "A change of kind " + kind
                            + " is made by whoever runs the platform. Yours may be switch and cancel.");
        }
    }

    private Mono<ServerResponse> preview(ServerRequest request) {
        TenantId tenant = tenant(request);
        Instant now = now();
        return body(request)
                .map(body -> Fields.body(json, body, ChangeJson.EXAMPLE))
                .flatMap(change -> Mono.zip(
                                subscriptions.plans().map(R2dbcSubscriptions::catalogue),
                                subscriptions.of(tenant).map(Optional::of).defaultIfEmpty(Optional.empty()))
                        .map(found -> preview(found.getT1(), found.getT2(), change, now)))
                .flatMap(preview -> answer(HttpStatus.OK, preview));
    }

    private static Preview preview(
            PlanCatalogue plans, Optional<StoredSubscription> before, Fields change, Instant now) {
        Bill after = R2dbcSubscriptions.check(R2dbcSubscriptions.with(before, change, now), plans, change, now);
        if (before.isEmpty()) {
            return new Preview(null, BillShown.of(after), null);
        }
        Bill present = R2dbcSubscriptions.check(before.get().subscription(), plans, change, now);
        String difference = present.currency().equals(after.currency())
                ? BigDecimal.valueOf(
                                after.subtotal() - present.subtotal(),
                                after.currency().getDefaultFractionDigits())
                        .toPlainString()
                : null;
        return new Preview(BillShown.of(present), BillShown.of(after), difference);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static TenantId tenant(ServerRequest request) {
        Optional<String> named = request.queryParam("tenantId");
        if (named.isEmpty()) {
            return Access.passport(request).tenant().id();
        }
        try {
            TenantId tenant = TenantId.of(named.get());
            Access.demandOwn(request, tenant);
            return tenant;
        } catch (IllegalArgumentException notAnId) {
            throw PlatformException.invalid("tenantId", "tenantId is not a UUID. Send the tenant's id.");
        }
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]);
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object body) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }
}
