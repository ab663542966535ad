package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
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
                new String[] {"POST", "/placement", "{\"target\": TEXT}"});
    }

    @Test
    void whatIsInAFieldStaysAText() throws Exception {
        String before = tables();
        for (String[] field : fields()) {
            for (String text : TEXTS) {
                String quoted = JsonNodeFactory.instance.stringNode(text).toString();
                String body = field[2].replace("TEXT", quoted);
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
