package io.weir.security.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.PassportVerifier;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PassportWebFilterTests {

    private static final TenantContext OWN = tenant("0195a0c0-0000-7000-8000-00000000000a");
    private static final TenantId FOREIGN = TenantId.of("0195a0c0-0000-7000-8000-00000000000b");

    private final PassportIssuer issuer;
    private final PassportVerifier verifier;
    private final PassportWebFilter filter;

    PassportWebFilterTests(@TempDir Path keys) throws IOException {
        Path secret = keys.resolve("secret");
        Path trusted = keys.resolve("trusted");
        Files.createDirectory(secret);
        Files.createDirectory(trusted);
        issuer = new PassportIssuer(
                SigningKey.load(KeyPairFiles.generate("gateway", secret, trusted)), Clock.systemUTC());
        verifier = new PassportVerifier(
                TrustedKeys.load(trusted, Clock.systemUTC()), Set.of("gateway"), Clock.systemUTC());
        filter = new PassportWebFilter(verifier);
    }

    @Test
    void aRequestWithoutAPassportIsRefusedAndGoesNoFurther() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/api/tenants"));
        StepVerifier.create(filter.filter(exchange, next -> {
                    throw new AssertionError("let in");
                }))
                .expectErrorSatisfies(error -> assertThat(type(error)).isEqualTo(ProblemType.PASSPORT_REFUSED))
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void anOpenRouteGoesWithoutAPassportByItsOneMethodOnItsOnePath() {
        PassportWebFilter open =
                new PassportWebFilter(verifier, Set.of(new OpenRoute(HttpMethod.POST, "/api/billing/webhooks/stripe")));
        AtomicReference<String> seen = new AtomicReference<>();
        StepVerifier.create(open.filter(
                        MockServerWebExchange.from(MockServerHttpRequest.post("/api/billing/webhooks/stripe?x=y")),
                        next -> Mono.fromRunnable(() -> seen.set("let in"))))
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        assertThat(seen).hasValue("let in");
        for (MockServerHttpRequest other : List.of(
                MockServerHttpRequest.get("/api/billing/webhooks/stripe").build(),
                MockServerHttpRequest.post("/api/billing/webhooks/stripe/").build(),
                MockServerHttpRequest.post("/api/billing/webhooks").build(),
                MockServerHttpRequest.post("/api/billing/*").build())) {
            StepVerifier.create(open.filter(MockServerWebExchange.from(other), next -> {
                        throw new AssertionError("let in");
                    }))
                    .expectErrorSatisfies(error -> assertThat(type(error)).isEqualTo(ProblemType.PASSPORT_REFUSED))
                    .verify(Duration.ofSeconds(5));
        }
    }

    @Test
    void anOpenRouteIsOneExactPath() {
        for (String path : List.of("/api/**", "/api/{id}", "api/x")) {
            assertThatThrownBy(() -> new OpenRoute(HttpMethod.POST, path))
                    .hasMessageContaining("expected: one exact path");
        }
    }

    @Test
    void aForgedPassportIsRefused() {
        StepVerifier.create(filter.filter(exchange("ey.forged.x"), next -> {
                    throw new AssertionError("let in");
                }))
                .expectErrorSatisfies(error -> assertThat(type(error)).isEqualTo(ProblemType.PASSPORT_REFUSED))
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void theTenantOfThePassportIsTheTenantOfTheWork() {
        AtomicReference<TenantContext> seen = new AtomicReference<>();
        StepVerifier.create(filter.filter(
                        exchange(passport(Scope.INFERENCE)),
                        next -> TenantScope.current().doOnNext(seen::set).then()))
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        assertThat(seen.get()).isEqualTo(OWN);
    }

    @Test
    void healthNeedsNoPassport() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/ready"));
        StepVerifier.create(filter.filter(exchange, next -> Mono.empty()))
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void aRouteIsOpenToItsScopeAndToOperatorsOnly() {
        assertThat(Access.demand(request(Scope.ANALYTICS), Scope.ANALYTICS).tenant())
                .isEqualTo(OWN);
        assertThat(Access.demand(request(Scope.PLATFORM_ADMIN), Scope.ANALYTICS).tenant())
                .isEqualTo(OWN);
        assertRefused(ProblemType.PERMISSION_DENIED, () -> Access.demand(request(Scope.BILLING), Scope.ANALYTICS));
        assertRefused(
                ProblemType.PERMISSION_DENIED, () -> Access.demand(request(Scope.PLATFORM_ADMIN), Scope.INFERENCE));
    }

    @Test
    void anotherTenantsPathIsOpenToOperatorsOnly() {
        assertRefused(
                ProblemType.TENANT_MISMATCH,
                () -> Access.demandFor(request(Scope.TENANT_ADMIN), FOREIGN, Scope.TENANT_ADMIN));
        assertThat(Access.demandFor(request(Scope.TENANT_ADMIN), OWN.id(), Scope.TENANT_ADMIN)
                        .tenant())
                .isEqualTo(OWN);
        assertThat(Access.demandFor(request(Scope.PLATFORM_ADMIN), FOREIGN, Scope.TENANT_ADMIN)
                        .tenant())
                .isEqualTo(OWN);
    }

    private ServerRequest request(Scope scope) {
        MockServerWebExchange exchange = exchange(passport(scope));
        filter.filter(exchange, next -> Mono.empty()).block(Duration.ofSeconds(5));
        return ServerRequest.create(exchange, List.of());
    }

    private String passport(Scope scope) {
        return issuer.mint(OWN, "key:k", "k", Set.of(scope));
    }

    private static MockServerWebExchange exchange(String passport) {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/api/x").header(Passport.HEADER, passport));
    }

    private static void assertRefused(ProblemType type, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(error -> assertThat(type(error)).isEqualTo(type));
    }

    private static ProblemType type(Throwable error) {
        return ((PlatformException) error).type();
    }

    private static TenantContext tenant(String id) {
        return new TenantContext(TenantId.of(id), "growth", Placement.POOL, "local");
    }
}
