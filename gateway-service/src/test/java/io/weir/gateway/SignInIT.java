package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.security.Passport;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwt.NumericDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SignInIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PROTOCOL = "weir.costs.v1";

    /// Says nothing of tenants: memberships do.
    private static TestIssuer people;
    /// Says tenants and roles itself.
    private static TestIssuer company;
    /// May speak for one tenant's members, and no other's.
    private static TestIssuer partner;

    private static Mesh mesh;
    private static Account acme;
    private static Account globex;

    @BeforeAll
    static void start() throws Exception {
        people = new TestIssuer();
        company = new TestIssuer();
        partner = new TestIssuer();
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("weir.oidc.issuers[0].issuer", people.name())
                .with("weir.oidc.issuers[0].audience", TestIssuer.AUDIENCE)
                .with("weir.oidc.issuers[0].email-claim", "email")
                .with("weir.oidc.issuers[0].clock-skew", "0s")
                .with("weir.oidc.issuers[1].issuer", company.name())
                .with("weir.oidc.issuers[1].audience", TestIssuer.AUDIENCE)
                .with("weir.oidc.issuers[1].jwks-uri", company.name() + "/keys")
                .with("weir.oidc.issuers[1].tenant-claim", "org")
                .with("weir.oidc.issuers[1].roles-claim", "groups")
                .with("weir.oidc.issuers[1].role-mapping.devs", "developer")
                .with("weir.oidc.issuers[1].role-mapping.boss", "tenant-admin")
                .with("weir.oidc.issuers[1].role-mapping.ops", "platform-admin")
                .with("weir.oidc.issuers[2].issuer", partner.name())
                .with("weir.oidc.issuers[2].audience", TestIssuer.AUDIENCE)
                .with("weir.oidc.issuers[2].email-claim", "email")
                .with("weir.oidc.issuers[2].tenants", "sign-in-globex")
                .started();
        acme = mesh.account("sign-in-acme");
        globex = mesh.account("sign-in-globex");
        mesh.publishReservedTenant();
    }

    @AfterAll
    static void stop() {
        mesh.close();
        people.close();
        company.close();
        partner.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.expectStream();
        mesh.upstream.forget();
    }

    @Test
    void aMemberCallsWithAPassportOfItsRole() throws Exception {
        MemberSnapshot ada = member(acme, Role.DEVELOPER);
        String token = tokenOf(ada);
        awaitAccepted(token);
        assertThat(mesh.get("/v1/models", token).statusCode()).isEqualTo(200);
        String first = mesh.upstream.next().header(Passport.HEADER);
        Passport passport = mesh.verifier().verify(first);
        assertThat(passport.tenant().id()).isEqualTo(acme.tenant());
        assertThat(passport.subject()).isEqualTo("member:" + ada.memberId());
        assertThat(passport.role()).isEqualTo(Role.DEVELOPER);
        assertThat(passport.scopes()).containsExactlyInAnyOrder(Scope.INFERENCE, Scope.ANALYTICS);
        mesh.get("/v1/models", token);
        assertThat(mesh.upstream.next().header(Passport.HEADER))
                .as("used again")
                .isEqualTo(first);
    }

    @Test
    void aPassportEndsWithItsTokenAtTheLatest() throws Exception {
        MemberSnapshot ada = member(acme, Role.DEVELOPER);
        awaitAccepted(tokenOf(ada));
        Instant end = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 20);
        assertThat(mesh.get("/v1/models", endingAt(ada, end)).statusCode()).isEqualTo(200);
        Passport passport = mesh.verifier().verify(mesh.upstream.next().header(Passport.HEADER));
        assertThat(passport.expiresAt()).isEqualTo(end);
    }

    @Test
    void aRoleThatLacksTheScopeIsToldSoInTheShapeOfThePath() throws Exception {
        String token = tokenOf(member(acme, Role.ANALYST));
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.get("/api/analytics/requests", token).statusCode())
                        .isEqualTo(200));
        HttpResponse<String> refused = mesh.get("/v1/models", token);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(json(refused).path("error").path("code").asString()).isEqualTo("permission_denied");
        assertThat(refused.body()).contains("role 'analyst'");
    }

    @Test
    void whoIsSignedInWithoutARoleHasNoRights() throws Exception {
        for (String token : List.of(
                people.token("nobody", Map.of()),
                people.token("nobody", Map.of("org", "sign-in-acme", "groups", List.of("boss"))),
                company.token("unmapped", Map.of("org", "sign-in-acme", "groups", List.of("guests"))),
                company.token("elsewhere", Map.of("org", "no-such-tenant", "groups", List.of("boss"))),
                company.token("reserved", Map.of("org", "platform", "groups", List.of("boss"))))) {
            HttpResponse<String> refused = mesh.get("/api/plans", token);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(json(refused).path("code").asString()).isEqualTo("permission_denied");
            assertThat(refused.body()).contains("no role here");
        }
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aTokensOwnClaimsSayTenantAndRole() throws Exception {
        String token = company.token("bob", Map.of("org", "sign-in-acme", "groups", List.of("guests", "devs", "boss")));
        assertThat(mesh.get("/api/tenants/" + acme.tenant(), token).statusCode())
                .isEqualTo(200);
        Passport passport = mesh.verifier().verify(mesh.upstream.next().header(Passport.HEADER));
        assertThat(passport.tenant().id()).isEqualTo(acme.tenant());
        assertThat(passport.role()).isEqualTo(Role.TENANT_ADMIN);
        assertThat(passport.subject()).startsWith("user:").endsWith(":bob");
    }

    @Test
    void anOperatorsTokenReachesTheReservedTenantAndNoOther() throws Exception {
        String token = company.token("op", Map.of("groups", List.of("ops")));
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.get("/api/tenants", token).statusCode()).isEqualTo(200));
        mesh.upstream.forget();
        mesh.get("/api/tenants", token);
        Passport passport = mesh.verifier().verify(mesh.upstream.next().header(Passport.HEADER));
        assertThat(passport.tenant().id()).isEqualTo(TenantId.PLATFORM);
        assertThat(passport.scopes()).containsExactly(Scope.PLATFORM_ADMIN);
        assertThat(mesh.get("/v1/models", token).statusCode()).isEqualTo(403);
        assertThat(mesh.get("/api/tenants", token, "x-tenant-slug", "sign-in-acme")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoIsInTwoTenantsNamesOneAndReachesNoThird() throws Exception {
        MemberSnapshot inAcme = member(acme, Role.DEVELOPER);
        MemberSnapshot inGlobex = member(globex, Role.ANALYST, inAcme.issuer(), inAcme.subject(), null);
        String token = tokenOf(inAcme);
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.get("/v1/models", token).statusCode()).isEqualTo(400));
        assertThat(mesh.get("/v1/models", token).body()).contains("sign-in-acme", "sign-in-globex");
        mesh.upstream.forget();
        assertThat(mesh.get("/v1/models", token, "x-tenant-slug", "sign-in-acme")
                        .statusCode())
                .isEqualTo(200);
        assertThat(tenantBehind()).isEqualTo(acme.tenant());
        assertThat(mesh.get("/api/analytics/requests", token, "x-tenant-slug", "sign-in-globex")
                        .statusCode())
                .isEqualTo(200);
        assertThat(tenantBehind()).isEqualTo(globex.tenant());
        assertThat(mesh.get("/v1/models", token, "x-tenant-slug", "sign-in-globex")
                        .statusCode())
                .as("an analyst there")
                .isEqualTo(403);
        Account third = mesh.account("sign-in-third");
        HttpResponse<String> refused = mesh.get("/v1/models", token, "x-tenant-slug", third.slug());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("tenant_mismatch");
        assertThat(inGlobex.tenantId()).isEqualTo(globex.tenant());
    }

    @Test
    void aMemberIsKnownByAnAddressThatTheIssuerVerified() throws Exception {
        String hash = mesh.pepper.digest(MemberSnapshot.EMAIL, "carol@example.com");
        member(acme, Role.DEVELOPER, null, null, hash);
        String token = people.token("carol", Map.of("email", "Carol@Example.com", "email_verified", true));
        awaitAccepted(token);
        String claimed = people.token("mallory", Map.of("email", "carol@example.com", "email_verified", false));
        assertThat(mesh.get("/v1/models", claimed).statusCode()).isEqualTo(403);
        String unasked = company.token("mallory", Map.of("email", "carol@example.com", "email_verified", true));
        assertThat(mesh.get("/v1/models", unasked).statusCode()).isEqualTo(403);
    }

    @Test
    void anIssuerOfOneTenantSpeaksForNoOthersMembers() throws Exception {
        member(acme, Role.TENANT_ADMIN, null, null, mesh.pepper.digest(MemberSnapshot.EMAIL, "dora@example.com"));
        member(globex, Role.DEVELOPER, null, null, mesh.pepper.digest(MemberSnapshot.EMAIL, "emil@example.com"));
        awaitAccepted(partner.token("emil", Map.of("email", "emil@example.com", "email_verified", true)));
        String other = partner.token("dora", Map.of("email", "dora@example.com", "email_verified", true));
        assertThat(mesh.get("/v1/models", other).statusCode()).isEqualTo(403);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aMembershipOfATenantMakesNobodyTheOperator() throws Exception {
        String token = tokenOf(member(acme, Role.PLATFORM_ADMIN));
        MemberSnapshot later = member(acme, Role.DEVELOPER);
        awaitAccepted(tokenOf(later));
        HttpResponse<String> refused = mesh.get("/api/tenants", token);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("no role here");
    }

    @Test
    void aSuspendedTenantsMembersAreRefused() throws Exception {
        Account halted = mesh.account("sign-in-halted");
        String token = tokenOf(member(halted, Role.DEVELOPER));
        awaitAccepted(token);
        mesh.suspend(halted);
        Eventually.passes(LIMIT, () -> {
            HttpResponse<String> refused = mesh.get("/v1/models", token);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("tenant_suspended");
        });
    }

    @Test
    void aTokenThatDoesNotHoldIsA401ThatSaysWhy() throws Exception {
        String good = people.token("ada", Map.of());
        HttpResponse<String> broken = mesh.get("/api/plans", good.substring(0, good.length() - 8) + "AAAAAAAA");
        assertThat(broken.statusCode()).isEqualTo(401);
        assertThat(json(broken).path("code").asString()).isEqualTo("invalid_token");
        assertThat(broken.headers().firstValue("www-authenticate")).contains("Bearer");
        String expired = people.token("ada", claims -> {
            claims.setIssuedAt(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 600));
            claims.setExpirationTime(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 300));
        });
        assertThat(mesh.get("/v1/models", expired).body()).contains("invalid_token", "expired");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void theExpiryOfItsTokenEndsStreamAndSocket() throws Exception {
        MemberSnapshot ada = member(acme, Role.ANALYST);
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.get("/api/analytics/requests", tokenOf(ada))
                                .statusCode())
                        .isEqualTo(200));
        String brief = endingAt(ada, Instant.now().plusSeconds(4));
        EdgeSocket socket = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), null, PROTOCOL, "bearer." + brief);
        assertThat(socket.socket().getSubprotocol()).isEqualTo(PROTOCOL);
        mesh.upstream.frame("0");
        try (BufferedReader lines = events(brief)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            assertEndsWith(lines, "invalid_token");
        }
        assertThat(socket.closed()).isEqualTo("4001 invalid_token");
    }

    @Test
    void aMembershipThatEndsEndsItsStreamsAndSocketsAndNoOthers() throws Exception {
        MemberSnapshot leaving = member(acme, Role.ANALYST);
        MemberSnapshot staying = member(acme, Role.ANALYST);
        String token = tokenOf(leaving);
        Eventually.passes(LIMIT, () -> {
            assertThat(mesh.get("/api/analytics/requests", token).statusCode()).isEqualTo(200);
            assertThat(mesh.get("/api/analytics/requests", tokenOf(staying)).statusCode())
                    .isEqualTo(200);
        });
        EdgeSocket socket = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), token);
        EdgeSocket other = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), tokenOf(staying));
        mesh.upstream.frame("0");
        try (BufferedReader lines = events(token)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            mesh.publish(changed(leaving, Role.ANALYST, MemberSnapshot.Status.REMOVED));
            assertEndsWith(lines, "permission_denied");
        }
        assertThat(socket.closed()).isEqualTo("4001 permission_denied");
        assertThat(mesh.get("/api/analytics/requests", token).statusCode()).isEqualTo(403);
        mesh.upstream.socketOf(other).frame("still");
        assertThat(other.next()).isEqualTo("still");
        other.socket().abort();
    }

    @Test
    void aRoleThatChangesEndsWhatRunsUnderTheFormerOne() throws Exception {
        MemberSnapshot ada = member(acme, Role.TENANT_ADMIN);
        String token = tokenOf(ada);
        awaitAccepted(token);
        EdgeSocket socket = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), token);
        mesh.publish(changed(ada, Role.BILLING, MemberSnapshot.Status.ACTIVE));
        assertThat(socket.closed()).isEqualTo("4001 permission_denied");
        assertThat(mesh.get("/v1/models", token).body()).contains("role 'billing'");
    }

    @Test
    void aPersonsTicketOpensOneSocketAsThatPerson() throws Exception {
        MemberSnapshot ada = member(acme, Role.ANALYST);
        String token = tokenOf(ada);
        Eventually.passes(LIMIT, () -> assertThat(ticket(token).statusCode()).isEqualTo(201));
        String ticket = "ticket." + json(ticket(token)).path("ticket").asString();
        mesh.upstream.forget();
        EdgeSocket socket = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), null, PROTOCOL, ticket);
        Passport passport = mesh.verifier().verify(mesh.upstream.next().header(Passport.HEADER));
        assertThat(passport.subject()).isEqualTo("member:" + ada.memberId());
        assertThat(EdgeSocket.refusal(mesh.client, mesh.uri("/ws/costs"), null, PROTOCOL, ticket))
                .isEqualTo(401);
        socket.socket().abort();
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.gateway().getBean(OpenExchanges.class).size())
                        .isZero());
    }

    private static MemberSnapshot member(Account tenant, Role role) {
        return member(tenant, role, people.name(), UUID.randomUUID().toString(), null);
    }

    private static MemberSnapshot member(
            Account tenant, Role role, @Nullable String issuer, @Nullable String subject, @Nullable String emailHash) {
        MemberSnapshot member = new MemberSnapshot(
                UUID.randomUUID().toString(),
                tenant.tenant(),
                issuer,
                subject,
                emailHash,
                role,
                MemberSnapshot.Status.ACTIVE,
                mesh.next());
        mesh.publish(member);
        return member;
    }

    private static MemberSnapshot changed(MemberSnapshot member, Role role, MemberSnapshot.Status status) {
        return new MemberSnapshot(
                member.memberId(),
                member.tenantId(),
                member.issuer(),
                member.subject(),
                member.emailHash(),
                role,
                status,
                mesh.next());
    }

    private static String tokenOf(MemberSnapshot member) {
        return people.token(String.valueOf(member.subject()), Map.of());
    }

    private static String endingAt(MemberSnapshot member, Instant end) {
        return people.token(
                String.valueOf(member.subject()),
                claims -> claims.setExpirationTime(NumericDate.fromSeconds(end.getEpochSecond())));
    }

    private static void awaitAccepted(String token) {
        Eventually.passes(
                LIMIT,
                () -> assertThat(mesh.get("/v1/models", token).statusCode()).isEqualTo(200));
        mesh.upstream.forget();
    }

    private static TenantId tenantBehind() throws InterruptedException {
        return mesh.verifier()
                .verify(mesh.upstream.next().header(Passport.HEADER))
                .tenant()
                .id();
    }

    private static HttpResponse<String> ticket(String token) throws IOException, InterruptedException {
        return mesh.post("/ws/tickets", token, HttpRequest.BodyPublishers.noBody());
    }

    private static BufferedReader events(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(mesh.uri("/api/analytics/costs/stream"))
                .header("authorization", "Bearer " + token)
                .build();
        return new BufferedReader(new InputStreamReader(
                mesh.client
                        .sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                        .get(30, TimeUnit.SECONDS)
                        .body(),
                StandardCharsets.UTF_8));
    }

    private static void assertEndsWith(BufferedReader lines, String code) {
        List<String> rest = lines.lines().filter(line -> !line.isBlank()).toList();
        assertThat(rest).hasSize(2);
        assertThat(rest.getFirst()).isEqualTo("event: error");
        assertThat(rest.getLast()).contains("\"code\":\"" + code + "\"");
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
