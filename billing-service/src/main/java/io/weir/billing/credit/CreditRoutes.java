package io.weir.billing.credit;

import io.weir.billing.credit.CreditOrder.NewCoupon;
import io.weir.billing.credit.CreditOrder.NewDraw;
import io.weir.billing.credit.CreditOrder.NewGrant;
import io.weir.billing.credit.R2dbcCredits.Stored;
import io.weir.problem.PlatformException;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// `/api/billing/credits` and `/api/billing/coupons`: operators give credit and make coupons, tenants
/// redeem them and see what they have.
final class CreditRoutes {

    private static final String CREDITS = "/api/billing/credits";
    private static final String COUPONS = "/api/billing/coupons";

    private final R2dbcCredits credits;
    private final JsonMapper json;
    private final InstantSource clock;

    CreditRoutes(R2dbcCredits credits, JsonMapper json, InstantSource clock) {
        this.credits = credits;
        this.json = json;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(CREDITS, RouteAccess.anyOf(Scope.BILLING), this::show)
                .POST(CREDITS, RouteAccess.platform(), this::grant)
                .POST(CREDITS + "/draws", RouteAccess.platform(), this::draw)
                .POST(COUPONS, RouteAccess.platform(), this::coupon)
                .POST(COUPONS + "/{code}/redemptions", RouteAccess.anyOf(Scope.TENANT_ADMIN), this::redeem)
                .build();
    }

    /// @param balances what could be used now, by currency
    private record Shown(Map<String, String> balances, List<GrantShown> grants) {}

    private record GrantShown(
            String grantId,
            String currency,
            String granted,
            String left,
            int priority,
            String reason,
            Instant createdAt,
            @Nullable Instant expiresAt) {

        private static GrantShown of(Stored stored) {
            return new GrantShown(
                    stored.grant().id(),
                    stored.currency(),
                    money(stored.granted(), stored.currency()),
                    money(stored.grant().left(), stored.currency()),
                    stored.grant().priority(),
                    stored.reason(),
                    stored.grant().createdAt(),
                    stored.grant().expiresAt());
        }
    }

    private record DrawShown(String currency, String wanted, String drawn) {}

    private record CouponShown(String code, String currency, String amount, int maxRedemptions) {}

    private Mono<ServerResponse> show(ServerRequest request) {
        Optional<TenantId> named = request.queryParam("tenantId").map(CreditRoutes::tenant);
        named.ifPresent(one -> Access.demandOwn(request, one));
        return credits.of(named.orElse(Access.passport(request).tenant().id()))
                .flatMap(found -> answer(HttpStatus.OK, shown(found)));
    }

    private Shown shown(List<Stored> found) {
        Instant now = clock.instant();
        Map<String, String> balances = new TreeMap<>();
        for (String currency :
                found.stream().map(Stored::currency).sorted().distinct().toList()) {
            Wallet wallet = new Wallet(found.stream()
                    .filter(stored -> stored.currency().equals(currency))
                    .map(Stored::grant)
                    .toList());
            balances.put(currency, money(wallet.available(now), currency));
        }
        return new Shown(balances, found.stream().map(GrantShown::of).toList());
    }

    private Mono<ServerResponse> grant(ServerRequest request) {
        return body(request)
                .map(body -> NewGrant.read(json, body, clock.instant()))
                .flatMap(order -> credits.grant(order, clock.instant()))
                .flatMap(stored -> answer(HttpStatus.CREATED, GrantShown.of(stored)));
    }

    private Mono<ServerResponse> draw(ServerRequest request) {
        return body(request)
                .map(body -> NewDraw.read(json, body))
                .flatMap(order -> credits.draw(order, clock.instant()))
                .flatMap(taken -> answer(
                        HttpStatus.OK,
                        new DrawShown(
                                taken.currency().getCurrencyCode(),
                                money(taken.wanted(), taken.currency().getCurrencyCode()),
                                money(taken.drawn(), taken.currency().getCurrencyCode()))));
    }

    private Mono<ServerResponse> coupon(ServerRequest request) {
        return body(request)
                .map(body -> NewCoupon.read(json, body, clock.instant()))
                .flatMap(order -> credits.coupon(order, clock.instant())
                        .then(Mono.defer(() -> answer(
                                HttpStatus.CREATED,
                                new CouponShown(
                                        order.code(),
                                        order.currency().getCurrencyCode(),
                                        money(order.amount(), order.currency().getCurrencyCode()),
                                        order.maxRedemptions())))));
    }

    private Mono<ServerResponse> redeem(ServerRequest request) {
        TenantId own = Access.passport(request).tenant().id();
        return credits.redeem(own, CreditOrder.code(request.pathVariable("code")), clock.instant())
                .flatMap(stored -> answer(HttpStatus.CREATED, GrantShown.of(stored)));
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]);
    }

    private static TenantId tenant(String text) {
        try {
            return TenantId.of(text);
        } catch (IllegalArgumentException notAnId) {
            throw PlatformException.invalid("tenantId", "tenantId is not a UUID. Send the tenant's id.");
        }
    }

    private static String money(long minor, String currency) {
        return BigDecimal.valueOf(minor, Currency.getInstance(currency).getDefaultFractionDigits())
                .toPlainString();
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object body) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }
}
