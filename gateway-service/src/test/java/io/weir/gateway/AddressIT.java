package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Where calls come from, and from where keys and tenants may be used. The tests' own address is a trusted
/// proxy here; 10.7.0.0/16 are further ones.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class AddressIT {

    private static final String ADDRESS = "x-weir-client-address";
    private static final String[] FROM_OFFICE = {"X-Forwarded-For", "203.0.113.7"};
    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("weir.gateway.trusted-proxies", "127.0.0.0/8,10.7.0.0/16")
                .started();
        acme = mesh.account("address-corp");
        Eventually.passes(() -> assertThat(mesh.post("/ws/tickets", acme.key(), BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(201));
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.expectStream();
        mesh.upstream.forget();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7 | 203.0.113.7",
                "203.0.113.7:4711 | 203.0.113.7",
                "2001:db8::7 | 2001:db8:0:0:0:0:0:7",
                "[2001:db8::7]:4711 | 2001:db8:0:0:0:0:0:7",
                "::ffff:203.0.113.7 | 203.0.113.7",
                "203.0.113.7, 10.7.1.1 | 203.0.113.7",
                "1.1.1.1, 203.0.113.7, 10.7.1.1, 10.7.1.2 | 203.0.113.7",
                "1.1.1.1, 203.0.113.7 | 203.0.113.7",
                "10.7.9.9, 203.0.113.7 | 203.0.113.7",
                "203.0.113.7, unknown, 10.7.1.1 | 10.7.1.1",
                "203.0.113.7, _hidden | 127.0.0.1",
                "not an address | 127.0.0.1",
                "203.0.113.07 | 127.0.0.1",
                "203.0.113.7, , 10.7.1.1 | 10.7.1.1",
                "10.7.1.1 | 10.7.1.1",
                "127.0.0.1, 10.7.1.1 | 127.0.0.1"
            })
    void theNearestAddressThatIsNoTrustedProxysCounts(String forwarded, String expected) throws Exception {
        mesh.get(
                "/v1/models", acme.key(), "X-Forwarded-For", forwarded, "Forwarded", "for=9.9.9.9", ADDRESS, "8.8.8.8");
        assertThat(mesh.upstream.next().headers().getAll(ADDRESS)).containsExactly(expected);
    }

    @Test
    void severalHeaderLinesAreOneList() throws Exception {
        mesh.get("/v1/models", acme.key(), "X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "203.0.113.7");
        assertThat(mesh.upstream.next().header(ADDRESS)).isEqualTo("203.0.113.7");
    }

    @Test
    void aKeyBoundToRangesIsRefusedFromElsewhereNamingTheAddress() throws Exception {
        Account bound = mesh.account("bound-corp");
        mesh.bind(bound, "203.0.113.0/24", "2001:db8::/32");
        Eventually.passes(() ->
                assertThat(mesh.get("/v1/models", bound.key()).statusCode()).isEqualTo(403));
        HttpResponse<String> refused = mesh.get("/v1/models", bound.key(), "X-Forwarded-For", "198.51.100.9");

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("address_not_allowed", "198.51.100.9", "ipRanges");
        for (String good : List.of("203.0.113.255", "2001:db8:ffff::1", "::ffff:203.0.113.1")) {
            assertThat(mesh.get("/v1/models", bound.key(), "X-Forwarded-For", good)
                            .statusCode())
                    .as(good)
                    .isEqualTo(200);
        }
        for (String bad : List.of("203.0.114.0", "2001:db9::1", "203.0.113.7, 198.51.100.9")) {
            for (String path : List.of("/v1/models", "/api/analytics/costs/stream", "/ws/tickets", "/api/tenants/x")) {
                assertThat(mesh.get(path, bound.key(), "X-Forwarded-For", bad).statusCode())
                        .as(bad + path)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void aTenantsListHoldsForEveryKeyOfItAndForNobodyElse() throws Exception {
        Account fenced = mesh.account("fenced-corp");
        allow(fenced, "203.0.113.0/24");
        Eventually.passes(() ->
                assertThat(mesh.get("/v1/models", fenced.key()).statusCode()).isEqualTo(403));

        HttpResponse<String> refused = mesh.get("/api/analytics/cost-summary", fenced.key());
        assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(JsonMapper.shared().readTree(refused.body()).path("detail").asString())
                .contains("127.0.0.1", "ipAllowList");
        assertThat(mesh.get("/v1/models", fenced.key(), FROM_OFFICE).statusCode())
                .isEqualTo(200);
        assertThat(mesh.get("/v1/models", acme.key()).statusCode()).isEqualTo(200);
        mesh.bind(fenced, "198.51.100.0/24");
        Eventually.passes(() -> assertThat(
                        mesh.get("/v1/models", fenced.key(), FROM_OFFICE).statusCode())
                .isEqualTo(403));
    }

    @Test
    void aListThatCannotBeReadAdmitsNobody() throws Exception {
        Account broken = mesh.account("broken-corp");
        mesh.bind(broken, "203.0.113.0/24", "nonsense");
        Eventually.passes(() -> assertThat(
                        mesh.get("/v1/models", broken.key(), FROM_OFFICE).statusCode())
                .isEqualTo(403));
    }

    @Test
    void aTicketIsRedeemedFromAnAllowedAddressAlone() throws Exception {
        Account bound = mesh.account("ticket-bound");
        String ticket = JsonMapper.shared()
                .readTree(mesh.post("/ws/tickets", bound.key(), BodyPublishers.noBody())
                        .body())
                .path("ticket")
                .asString();
        mesh.bind(bound, "203.0.113.0/24");
        Eventually.passes(() ->
                assertThat(mesh.get("/v1/models", bound.key()).statusCode()).isEqualTo(403));
        assertThat(EdgeSocket.refusal(mesh.client, mesh.uri("/ws/costs"), null, "weir.costs.v1", "ticket." + ticket))
                .isEqualTo(403);
        assertThat(EdgeSocket.refusal(mesh.client, mesh.uri("/ws/costs"), bound.key()))
                .isEqualTo(403);
        assertThat(mesh.upstream.openSockets()).isZero();
    }

    @Test
    void aChangedListEndsOpenSocketsAndStreamsOfAddressesThatAreNoLongerOnIt() throws Exception {
        Account moved = mesh.account("moved-corp");
        EdgeSocket socket = EdgeSocket.open(mesh.client, mesh.uri("/ws/costs"), moved.key());
        Upstream.Socket behind = mesh.upstream.socketOf(socket);
        behind.frame("{\"seq\":1}");
        assertThat(socket.next()).isEqualTo("{\"seq\":1}");
        mesh.upstream.frame("0");
        HttpResponse<InputStream> stream = mesh.client.send(
                HttpRequest.newBuilder(mesh.uri("/v1/stream"))
                        .header("authorization", "Bearer " + moved.key())
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            allow(moved, "203.0.113.0/24");
            assertThat(socket.closed()).isEqualTo("4001 address_not_allowed");
            assertThat(behind.closed().await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void allow(Account account, String... ranges) {
        TenantSettings defaults = TenantSettings.DEFAULTS;
        mesh.configure(account, new TenantSettings(defaults.models(), null, List.of(ranges), null));
    }
}
