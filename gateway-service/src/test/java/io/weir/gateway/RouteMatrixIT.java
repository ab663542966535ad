package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.gateway.call.RouteClass;
import io.weir.problem.ProblemType;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoute;
import io.weir.security.webflux.RouteAccess;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.access.MatrixCaller;
import io.weir.testing.access.RouteMatrix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RouteMatrixIT {

    private static final List<Role> OF_TENANTS = List.of(Role.TENANT_ADMIN, Role.DEVELOPER, Role.ANALYST, Role.BILLING);
    /// One call of each class of routes. The socket has a matrix of its own: it is asked for by an upgrade.
    private static final Map<RouteClass, String> CALLS = Map.ofEntries(
            Map.entry(RouteClass.INFERENCE, "GET /v1/models"),
            Map.entry(RouteClass.ORCHESTRATION, "POST /api/orchestration/estimate"),
            Map.entry(RouteClass.TENANTS, "GET /api/plans"),
            Map.entry(RouteClass.BILLING, "GET /api/billing/prices"),
            Map.entry(RouteClass.ANALYTICS, "GET /api/analytics/cost-summary"),
            Map.entry(RouteClass.EXTERNAL_COSTS, "POST /api/events"),
            Map.entry(RouteClass.COST_EVENTS, "GET /api/analytics/costs/stream"),
            Map.entry(RouteClass.SOCKET_TICKETS, "POST /ws/tickets"),
            Map.entry(RouteClass.STRIPE_WEBHOOK, "POST /api/billing/webhooks/stripe"),
            Map.entry(RouteClass.HEALTH, "GET /api/health"));

    private static TestIssuer issuer;
    private static Mesh mesh;
    private static Account own;
    private static final Map<Scope, Account> KEYS = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("weir.oidc.issuers[0].issuer", issuer.name())
                .with("weir.oidc.issuers[0].audience", TestIssuer.AUDIENCE)
                .with("weir.oidc.issuers[0].tenant-claim", "org")
                .with("weir.oidc.issuers[0].roles-claim", "role");
        OF_TENANTS.forEach(role -> mesh.with("weir.oidc.issuers[0].role-mapping." + role.wireName(), role.wireName()));
        mesh.started();
        own = mesh.account("matrix-own");
        mesh.account("matrix-other");
        for (Scope scope : Scope.values()) {
            KEYS.put(scope, mesh.keyOf(own.tenant(), own.slug(), Set.of(scope)));
        }
        Eventually.passes(Duration.ofSeconds(30), () -> {
            for (Account key : KEYS.values()) {
                assertThat(mesh.get("/api/plans", key.key()).statusCode()).isEqualTo(200);
            }
        });
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
    }

    @AfterAll
    static void stop() {
        mesh.close();
        issuer.close();
    }

    @Test
    void everyClassOfRoutesLetsInWhomItDeclaresAndNobodyElse() {
        List<DeclaredRoute> routes = CALLS.entrySet().stream()
                .map(call -> new DeclaredRoute(
                        call.getValue().split(" ", -1)[0],
                        call.getValue().split(" ", -1)[1],
                        call.getKey().access()))
                .toList();
        String summary = new RouteMatrix(mesh.uri("/"), own.tenant(), callers())
                .withTenantHeader("x-tenant-slug", own.slug(), "matrix-other")
                // No real services answer for their health here.
                .mayBeUnavailable("GET /api/health")
                .check(routes);
        LoggerFactory.getLogger(RouteMatrixIT.class).info("measured: gateway-service {}", summary);
    }

    @Test
    void noClassOfRoutesIsLeftOut() {
        Set<RouteClass> forwarded = EnumSet.allOf(RouteClass.class);
        forwarded.removeAll(Set.of(RouteClass.COST_SOCKET, RouteClass.UNKNOWN));
        assertThat(CALLS.keySet()).isEqualTo(forwarded);
        CALLS.forEach((kind, call) ->
                assertThat(RouteClass.of(call.split(" ", -1)[1])).isEqualTo(kind));
    }

    @Test
    void theSocketOpensForWhomItDeclaresAndNobodyElse() throws Exception {
        RouteAccess.Holders access = (RouteAccess.Holders) RouteClass.COST_SOCKET.access();
        Map<String, Set<Scope>> callers = new LinkedHashMap<>();
        KEYS.forEach((scope, account) -> callers.put(account.key(), Set.of(scope)));
        OF_TENANTS.forEach(role -> callers.put(token(role), role.scopes()));
        for (Map.Entry<String, Set<Scope>> caller : callers.entrySet()) {
            int expected = access.permits(caller.getValue()) ? 101 : 403;
            assertThat(handshake(caller.getKey())).as("%s", caller.getValue()).isEqualTo(expected);
        }
        assertThat(handshake(null)).isEqualTo(401);
        assertThat(handshake(own.key() + "x")).isEqualTo(401);
    }

    private static int handshake(@Nullable String credential) throws Exception {
        return EdgeSocket.refusal(mesh.client, mesh.uri("/ws/costs"), credential);
    }

    private static List<MatrixCaller> callers() {
        List<MatrixCaller> all = new ArrayList<>();
        all.add(new MatrixCaller("anonymous", Set.of(), ProblemType.INVALID_API_KEY, request -> {}));
        all.add(with("unknown key", own.key() + "x", Set.of(), ProblemType.INVALID_API_KEY));
        all.add(with("unsigned token", unsigned(), Set.of(), ProblemType.INVALID_TOKEN));
        all.add(with("unmapped token", roles("guest"), Set.of(), ProblemType.PERMISSION_DENIED));
        KEYS.forEach((scope, key) -> all.add(with("key with " + scope.wireName(), key.key(), Set.of(scope), null)));
        OF_TENANTS.forEach(role -> all.add(with(role.wireName(), token(role), role.scopes(), null)));
        return all;
    }

    private static MatrixCaller with(String name, String credential, Set<Scope> scopes, @Nullable ProblemType refusal) {
        return new MatrixCaller(
                name, scopes, refusal, request -> request.header("authorization", "Bearer " + credential));
    }

    private static String token(Role role) {
        return roles(role.wireName());
    }

    private static String roles(String... roles) {
        return issuer.token("matrix", Map.of("org", own.slug(), "role", Arrays.asList(roles)));
    }

    private static String unsigned() {
        return TestIssuer.signed(
                issuer.claims("matrix", claims -> claims.setClaim("role", "tenant-admin")), "none", null, null);
    }
}
