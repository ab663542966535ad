package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Cors;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose pages may call.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class CorsIT {

    private static final String ACME_PAGE = "https://app.acme.com";
    private static final String OTHERS_PAGE = "https://deep.down.other.org";
    private static Mesh mesh;
    private static Account acme;
    private static Account other;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.gateway.allowed-origins", "https://console.example.com")
                .started();
        acme = mesh.account("cors-acme");
        other = mesh.account("cors-other");
        list(acme, ACME_PAGE);
        list(other, "https://*.other.org");
        Eventually.passes(() -> assertThat(preflight("/v1/models", OTHERS_PAGE)).startsWith("HTTP/1.1 204"));
        Eventually.passes(() -> assertThat(preflight("/v1/models", ACME_PAGE)).startsWith("HTTP/1.1 204"));
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.forget();
    }

    @Test
    void aListedPagesPreflightIsAnsweredWithoutAKeyAndWithoutSayingWhoListedIt() throws Exception {
        String answer = preflight("/v1/chat/completions", ACME_PAGE);

        assertThat(answer)
                .startsWith("HTTP/1.1 204")
                .containsIgnoringCase("access-control-allow-origin: " + ACME_PAGE)
                .containsIgnoringCase("access-control-allow-headers: authorization, content-type")
                .containsIgnoringCase("access-control-allow-methods: GET, HEAD, POST")
                .containsIgnoringCase("vary: Origin")
                .doesNotContainIgnoringCase("access-control-allow-credentials")
                .doesNotContain("acme-corp", acme.tenant().toString());
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.acme.com",
                "https://app.acme.com:8443",
                "https://app.acme.com.evil.org",
                "https://evilapp.acme.com",
                "https://other.org",
                "https://evilother.org",
                "http://a.other.org",
                "null",
                "*",
                "https://*.other.org.evil.com",
                "file://",
                ""
            })
    void anyOtherPageIsRefusedBothTimes(String origin) throws Exception {
        String asked = preflight("/v1/models", origin);
        assertThat(asked).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("access-control-allow");
        String called = call("GET", "/v1/models", origin, acme.key());
        assertThat(called).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("access-control-allow");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void theCallItselfIsCheckedAgainstItsOwnTenantsList() throws Exception {
        assertThat(call("GET", "/v1/models", ACME_PAGE, acme.key()))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("access-control-allow-origin: " + ACME_PAGE)
                .containsIgnoringCase("access-control-expose-headers: x-request-id")
                .contains("x-cost-usd, x-cache, age\r\n")
                .doesNotContainIgnoringCase("access-control-allow-credentials");
        assertThat(call("GET", "/v1/models", OTHERS_PAGE, other.key())).startsWith("HTTP/1.1 200");
        mesh.upstream.forget();
        for (String crossed : List.of(
                call("GET", "/v1/models", ACME_PAGE, other.key()), call("POST", "/v1/echo", OTHERS_PAGE, acme.key()))) {
            assertThat(crossed)
                    .startsWith("HTTP/1.1 403")
                    .contains("cors.allowedOrigins")
                    .doesNotContainIgnoringCase("access-control-allow-origin");
        }
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aListedPageMayReadWhyItWasRefused() throws Exception {
        assertThat(call("GET", "/v1/models", ACME_PAGE, "weir_live_nonsense"))
                .startsWith("HTTP/1.1 401")
                .containsIgnoringCase("access-control-allow-origin: " + ACME_PAGE);
    }

    @Test
    void theOperatorsPagesAndTheGatewaysOwnMayCallForEveryTenant() throws Exception {
        for (String origin : List.of("https://console.example.com", "http://localhost", "https://localhost")) {
            assertThat(call("GET", "/v1/models", origin, other.key())).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void programsSendNoOriginAndAreServedAndTheAnswerStillVaries() throws Exception {
        assertThat(mesh.get("/v1/models", acme.key()).headers().allValues("vary"))
                .contains("Origin");
    }

    @Test
    void anOriginThatIsTakenOffEveryListIsRefusedFromThenOn() throws Exception {
        Account brief = mesh.account("cors-brief");
        list(brief, "https://brief.example");
        Eventually.passes(() -> assertThat(call("GET", "/v1/models", "https://brief.example", brief.key()))
                .startsWith("HTTP/1.1 200"));
        list(brief);
        Eventually.passes(() ->
                assertThat(preflight("/v1/models", "https://brief.example")).startsWith("HTTP/1.1 403"));
        assertThat(call("GET", "/v1/models", "https://brief.example", brief.key()))
                .startsWith("HTTP/1.1 403");
    }

    private static void list(Account account, String... origins) {
        mesh.configure(
                account,
                new TenantSettings(
                        TenantSettings.DEFAULTS.models(), null, List.of(), null, new Cors(List.of(origins))));
    }

    private static String preflight(String path, String origin) throws Exception {
        return Raw.send(
                mesh.port(),
                "OPTIONS " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: " + origin
                        + "\r\nAccess-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Headers: authorization, content-type\r\n\r\n");
    }

    private static String call(String method, String path, String origin, String key) throws Exception {
        return Raw.send(
                mesh.port(),
                method + " " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\nOrigin: " + origin
                        + "\r\nAuthorization: Bearer " + key + "\r\n\r\n");
    }
}
