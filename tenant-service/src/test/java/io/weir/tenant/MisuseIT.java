package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a tenant's own administrator may try.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MisuseIT {

    private TenantPlatform platform;
    private String acme = "";
    private String path = "";

    @BeforeAll
    void start() throws Exception {
        platform = TenantPlatform.start();
    }

    @BeforeEach
    void aTenant() throws Exception {
        acme = platform.admin().provision(Infrastructure.freshName("t").replace('_', '-'));
        path = "/api/tenants/" + acme;
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    private Caller tenantAdmin() {
        return platform.of(acme, Scope.TENANT_ADMIN);
    }

    private Answer patch(Caller caller, String body) throws Exception {
        return caller.call("PATCH", path + "/config", body, "If-Match", "*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"currency\": \"EUR\"}", "{\"currency\": \"USD\"}", "{\"currency\": null}"})
    void onlyTheOperatorChangesTheCurrencyOfInvoices(String body) throws Exception {
        Answer refused = patch(tenantAdmin(), body);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("param")).isEqualTo("currency");
        assertThat(refused.text("code")).isEqualTo("permission_denied");
        assertThat(patch(platform.admin(), body).status()).isEqualTo(200);
    }

    @Test
    void aTenantHasAThousandLiveKeysAtMost() throws Exception {
        // The first key came with the tenant; keys that no longer open anything do not count.
        keys(acme, "active", "now() + interval '1 day'", "now() - interval '2 days'", 498);
        keys(acme, "active", "NULL", "now() - interval '2 days'", 500);
        keys(acme, "active", "now() - interval '1 hour'", "now() - interval '2 days'", 50);
        keys(acme, "revoked", "NULL", "now() - interval '2 days'", 50);
        List<Integer> statuses = concurrently(6, () -> tenantAdmin().post(path + "/keys", "{}"));
        assertThat(statuses).containsOnly(201, 422).containsOnlyOnce(201);
        Answer refused = platform.admin().post(path + "/keys", "{}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("detail")).contains("1000", "Revoke");
    }

    @Test
    void makingAndRevokingKeysInALoopEnds() throws Exception {
        keys(acme, "revoked", "NULL", "now() - interval '23 hours'", 1_998);
        assertThat(tenantAdmin().post(path + "/keys", "{}").status()).isEqualTo(201);
        Answer refused = tenantAdmin().post(path + "/keys", "{}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("detail")).contains("2000", "24 hours");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "AAAAAAAAAAA%00", "AAAAAAAAAAAAA", "abc", "AAAAAAAAAAA-", "%F0%9F%98%80"})
    void anIdThatNoKeyCanHaveIsNotFound(String id) throws Exception {
        Answer answer = tenantAdmin().call("DELETE", path + "/keys/" + id, null);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("code")).isEqualTo("not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+294277-01-01T00:00:00Z", "+1000000000-12-31T23:59:59.999999999Z", "beyond"})
    void aKeyExpiresWithinAHundredYears(String text) throws Exception {
        Instant century = Instant.now().plus(36_525, ChronoUnit.DAYS);
        String expiresAt =
                text.equals("beyond") ? century.plus(1, ChronoUnit.DAYS).toString() : text;
        Answer answer = tenantAdmin().post(path + "/keys", "{\"expiresAt\": \"" + expiresAt + "\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo("expiresAt");
        String within = century.minus(2, ChronoUnit.DAYS).toString();
        assertThat(tenantAdmin()
                        .post(path + "/keys", "{\"expiresAt\": \"" + within + "\"}")
                        .status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"branding\": {\"a\": 1e200000}}",
                "{\"branding\": {\"a\": [{\"b\": 1e-200000}]}}",
                "{\"branding\": {\"a\": 1234567890123456789012345678901}}",
                "{\"branding\": {\"a\": 1e999999999}}",
            })
    void aNumberThatCannotBeKeptIsRefused(String body) throws Exception {
        Answer answer = patch(tenantAdmin(), body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo("branding");
        assertThat(patch(tenantAdmin(), "{\"branding\": {\"a\": [1.5, 1e3, {\"b\": -0.001}]}}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "application/json; charset=\u00fc", "application/json;=", "a/b/c", "/"})
    void aContentTypeThatIsNoneIsTheCallersMistake(String value) throws Exception {
        Answer answer = platform.admin().callWith("POST", path + "/keys", "{}", "Content-Type", value);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo("Content-Type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "application/json; q=x", "a/b/c"})
    void anAcceptHeaderThatIsNoneHarmsNobody(String value) throws Exception {
        assertThat(platform.admin().callWith("GET", path, null, "Accept", value).status())
                .isIn(200, 400);
        assertThat(platform.admin()
                        .callWith("GET", path + "/none", null, "Accept", value)
                        .status())
                .isIn(404, 400);
    }

    private void superuser(String statement) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement running = connection.createStatement()) {
            running.execute(statement);
        }
    }

    private void keys(String tenant, String status, String expires, String created, int count) throws SQLException {
        superuser("INSERT INTO api_key (tenant_id, key_id, hash, name, scopes, status, expires_at, created_at)"
                + " SELECT '" + tenant + "', left(translate(gen_random_uuid()::text, '-', ''), 12), 'x', 'k',"
                + " '{inference}', '" + status + "', " + expires + ", " + created
                + " FROM generate_series(1, " + count + ")");
    }

    @FunctionalInterface
    interface Call {
        Answer answer() throws Exception;
    }

    private static List<Integer> concurrently(int callers, Call call) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                calls.add(executor.submit(() -> call.answer().status()));
            }
            for (Future<Integer> running : calls) {
                statuses.add(running.get());
            }
        }
        return statuses;
    }
}
