package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.node.JsonNodeFactory;

/// Attempts to break out of every text that this service takes: each is an ordinary refusal, or kept as the text that
/// it
/// is, and touches nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputIT {

    private static final List<String> TEXTS = List.of(
            "'; DROP TABLE api_key; --",
            "' OR '1'='1",
            "x'); SELECT set_config('weir.tenant_id', '00000000-0000-7000-8000-000000000001', true); --",
            "$1 :tenant ${app} #{1+1} ?",
            "a\r\nX-Injected: yes",
            "../../../etc/passwd",
            "%2e%2e%2f",
            "nul\u0000byte",
            "\ud800",
            "<script>alert(1)</script>",
            "{{7*7}}",
            "//example.com",
            "http:",
            "-99999-01-01T00:00:00Z",
            "+999999999-12-31T23:59:59Z",
            "\u202egnp.exe");

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

    /// Method, path below the tenant, and a body in which TEXT stands for the attempt.
    private static List<String[]> fields() {
        return List.of(
                new String[] {"POST", "/keys", "{\"name\": TEXT}"},
                new String[] {"POST", "/keys", "{\"scopes\": [TEXT]}"},
                new String[] {"POST", "/keys", "{\"expiresAt\": TEXT}"},
                new String[] {"POST", "/keys", "{\"ipRanges\": [TEXT]}"},
                new String[] {"POST", "/keys", "{\"settings\": {\"models\": {\"default\": TEXT}}}"},
                new String[] {"POST", "/keys", "{\"settings\": {TEXT: 1}}"},
                new String[] {"PATCH", "/config", "{\"models\": {\"allowed\": [TEXT]}}"},
                new String[] {"PATCH", "/config", "{\"prompts\": {\"system\": TEXT}}"},
                new String[] {"PATCH", "/config", "{\"branding\": {TEXT: TEXT}}"},
                new String[] {"PATCH", "/config", "{\"timeZone\": TEXT}"},
                new String[] {"PATCH", "/config", "{\"ipAllowList\": [TEXT]}"},
                new String[] {"PATCH", "/config", "{TEXT: TEXT}"},
                new String[] {"POST", "/config/rollback", "{\"version\": TEXT}"},
                new String[] {"POST", "/suspend", "{\"reason\": TEXT}"},
                new String[] {"POST", "/plan", "{\"planTier\": TEXT}"},
                new String[] {"POST", "/offboard", "{\"confirm\": TEXT}"},
                new String[] {"POST", "/members", "{\"email\": TEXT, \"role\": \"billing\"}"},
                new String[] {"POST", "/members", "{\"email\": \"a@example.com\", \"role\": TEXT}"},
                new String[] {
                    "POST", "/members", "{\"email\": \"NEW@example.com\", \"role\": \"billing\", \"name\": TEXT}"
                },
                new String[] {
                    "POST", "/members", "{\"email\": \"NEW@example.com\", \"role\": \"billing\", \"issuer\": TEXT}"
                },
                new String[] {
                    "POST",
                    "/members",
                    "{\"email\": \"NEW@example.com\", \"role\": \"billing\", \"issuer\": \"https://a.b\", \"subject\": TEXT}"
                },
                new String[] {"POST", "/placement", "{\"target\": TEXT}"});
    }

    @Test
    void whatIsInAFieldStaysAText() throws Exception {
        String before = tables();
        for (String[] field : fields()) {
            for (String text : TEXTS) {
                String quoted = JsonNodeFactory.instance.stringNode(text).toString();
                String body = field[2].replace("TEXT", quoted).replace("NEW", Infrastructure.freshName("m"));
                Answer answer = platform.admin().call(field[0], path + field[1], body);
                ordinary(answer, field[0] + " " + field[1] + " " + body);
            }
        }
        for (String text : TEXTS) {
            String quoted = JsonNodeFactory.instance.stringNode(text).toString();
            for (String name : List.of("slug", "adminEmail", "planTier", "region", "country", "timeZone", "currency")) {
                String body = "{\"slug\": \"" + Infrastructure.freshName("t").replace('_', '-')
                        + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"free\", \"" + name + "\": " + quoted
                        + "}";
                Answer answer = platform.admin().post("/api/tenants/provision", body);
                assertThat(answer.status()).as(name + " " + text).isEqualTo(400);
            }
        }
        assertThat(tables()).isEqualTo(before);
        assertThat(platform.admin().get(path).status()).isEqualTo(200);
    }

    @Test
    void whatIsInAPathOrAQueryReachesNothing() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        for (String text : List.of(
                "%27%20OR%20%271%27=%271",
                "..%2f..%2fplatform", "%2e%2e", "%00", "%0d%0aX-Injected:%20yes", "%F0%9F%98%80", "a;b=c")) {
            for (String template : List.of(
                    "/keys/TEXT/rotate",
                    "/exports/TEXT",
                    "/config?keyId=TEXT",
                    "/config/history?cursor=TEXT",
                    "/config/history?limit=TEXT",
                    "/keys?cursor=TEXT",
                    "/keys?status=TEXT",
                    "/config?explain=TEXT")) {
                String method = template.endsWith("/rotate") ? "POST" : "GET";
                Answer answer =
                        admin.call(method, path + template.replace("TEXT", text), method.equals("POST") ? "{}" : null);
                assertThat(answer.status()).as(template + " " + text).isBetween(400, 409);
                ordinary(answer, template + " " + text);
            }
            ordinary(platform.admin().get("/api/tenants/" + text + "/quotas"), text);
            ordinary(platform.admin().get("/api/tenants/jobs/" + text), text);
        }
    }

    /// Bodies that are no objects, or not of characters, or far too deep or large.
    @Test
    void whatIsNoJsonOfOursIsAMistakeOfTheCaller() throws Exception {
        List<byte[]> bodies = new ArrayList<>(List.of(
                new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xC3, (byte) 0x28, '"', '}'},
                new byte[] {(byte) 0xFF, (byte) 0xFE, '{', 0, '}', 0},
                "[".repeat(100_000).getBytes(StandardCharsets.UTF_8),
                ("{\"branding\":" + "{\"a\":".repeat(600) + "1" + "}".repeat(601)).getBytes(StandardCharsets.UTF_8),
                ("{\"name\": \"" + "a".repeat(3_000_000) + "\"}").getBytes(StandardCharsets.UTF_8)));
        for (String text : List.of(
                "null",
                "[]",
                "1",
                "\"text\"",
                "{",
                "{}{}",
                "{\"name\": \"a\", \"name\": \"b\"}",
                "{\"limits\": {\"requestsPerHour\": 1e999}}",
                "{\"limits\": {\"requestsPerHour\": 1e99999999999}}",
                "{\"limits\": {\"requestsPerSecond\": -1e-999999999}}",
                "{\"limits\": {\"requestsPerSecond\": NaN}}",
                "{\"limits\": {\"requestsPerHour\": " + "9".repeat(2_000) + "}}",
                "{\"graceDays\": 1e400, \"confirm\": \"x\"}",
                "{\"version\": 99999999999999999999}",
                "{\"overlapHours\": 1e9999999999999}",
                "{\"name\": \"\\ud800\", \"\\udfff\": 1}",
                "{\"settings\": {\"models\": {\"temperature\": 1e9999999999}}}",
                "{\"maxMonthlySpend\": 1e999999999999}")) {
            bodies.add(text.getBytes(StandardCharsets.UTF_8));
        }
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        for (byte[] body : bodies) {
            for (String[] call : new String[][] {
                {"POST", path + "/keys"},
                {"PATCH", path + "/config"},
                {"POST", path + "/members"},
                {"POST", path + "/config/rollback"},
                {"POST", path + "/offboard"},
                {"POST", path + "/plan"},
                {"POST", "/api/tenants/provision"},
                {"POST", "/api/tenants/migrations"}
            }) {
                String shown = call[1] + " " + new String(body, 0, Math.min(body.length, 80), StandardCharsets.UTF_8);
                Caller caller = call[1].startsWith(path) ? admin : platform.admin();
                ordinary(caller.send(call[0], call[1], body), shown);
            }
        }
    }

    @Test
    void aTokenThatNobodyGaveIsAMistakeOfTheCaller() throws Exception {
        Caller admin = platform.of(acme, Scope.TENANT_ADMIN);
        List<String> tokens = new ArrayList<>();
        for (String text : List.of(
                "key:-99999-01-01T00:00:00Z AAAAAAAAAAAA",
                "key:99999-01-01T00:00:00Z AAAAAAAAAAAA",
                "key:-999999999-01-01T00:00:00Z AAAAAAAAAAAA",
                "key:0000-01-01T00:00:00.000Z AAAAAAAAAAAA",
                "key:2026-13-45T99:99:99Z AAAAAAAAAAAA",
                "after:ffffffff-ffff-ffff-ffff-ffffffffffff",
                "after:0")) {
            tokens.add(Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
        for (String token : tokens) {
            ordinary(admin.get(path + "/keys?cursor=" + token), token);
            ordinary(platform.admin().get("/api/tenants?cursor=" + token), token);
        }
        for (String at : List.of(
                "-99999-01-01T00:00:00Z",
                "-4714-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "%2B999999999-12-31T23:59:59.999999999Z",
                "%2B294277-01-01T00:00:00Z",
                "9999-12-31T23:59:60Z")) {
            ordinary(admin.get(path + "/audit?from=" + at), "from " + at);
            ordinary(admin.get(path + "/audit?to=" + at), "to " + at);
        }
        ordinary(admin.get(path + "/audit?after=9223372036854775807"), "after");
        ordinary(admin.get(path + "/audit?after=9223372036854775808"), "after");
        ordinary(admin.get(path + "/config/history?cursor=999999999999999999"), "history");
    }

    private static void ordinary(Answer answer, String what) {
        assertThat(answer.status()).as(what + ": " + answer.raw().body()).isLessThan(500);
        assertThat(answer.raw().headers().firstValue("X-Injected")).as(what).isEmpty();
        if (answer.status() >= 400) {
            assertThat(answer.text("requestId")).as(what).isNotEmpty();
            // What was sent may be quoted; statements and stack traces of our own may not.
            String own = answer.raw().body().replace("SELECT set_config(", "");
            assertThat(own).as(what).doesNotContain("SELECT", "Exception", "at io.weir");
        }
    }

    private String tables() throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT string_agg(c.relname, ',' ORDER BY c.relname) FROM pg_class c
                        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace""")) {
            rows.next();
            return rows.getString(1);
        }
    }
}
