package io.weir.local.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against a gateway that answers by the contract of provisioning.
class DemoTenantsTests {

    @TempDir
    private Path directory;

    private final List<String> calls = new ArrayList<>();
    private final Set<String> provisioned = ConcurrentHashMap.newKeySet();
    private HttpServer gateway;
    private Layout layout;
    private Secrets secrets;
    private int modelCallsUntilReady = 2;
    private int adminCallsUntilReady = 2;

    @BeforeEach
    void start() throws IOException {
        layout = new Layout(directory, Path.of(".weir"));
        layout.create();
        secrets = new Secrets(layout);
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        gateway.createContext("/", this::answer);
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
    }

    private DemoTenants tenants() {
        return new DemoTenants("http://127.0.0.1:" + gateway.getAddress().getPort(), layout, secrets);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(call);
        boolean admin = ("Bearer " + PrivateFiles.read(secrets.adminKey()))
                .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        switch (call.replaceAll("/id-[a-z-]+", "/ID")) {
            case "POST /api/tenants/provision" ->
                provision(exchange, admin, JsonMapper.shared().readTree(body));
            case "GET /api/tenants/ID/config" -> {
                exchange.getResponseHeaders().set("ETag", "\"1\"");
                send(exchange, 200, "{}");
            }
            case "PATCH /api/tenants/ID/config" ->
                send(exchange, "\"1\"".equals(exchange.getRequestHeaders().getFirst("If-Match")) ? 200 : 412, "{}");
            case "GET /api/tenants?limit=1" -> send(exchange, adminCallsUntilReady-- > 0 ? 401 : 200, "{}");
            case "GET /api/tenants?limit=200" ->
                send(exchange, 200, "{\"tenants\":[{\"slug\":\"freeco\",\"tenantId\":\"id-freeco\"}]}");
            case "POST /api/tenants/ID/keys" -> send(exchange, 201, "{\"keyId\":\"k\",\"apiKey\":\"new-key\"}");
            case "GET /v1/models" -> send(exchange, modelCallsUntilReady-- > 0 ? 401 : 200, "{}");
            default -> send(exchange, 404, "{}");
        }
    }

    private void provision(HttpExchange exchange, boolean admin, JsonNode request) throws IOException {
        String slug = request.path("slug").asString();
        if (!admin) {
            send(exchange, 403, "{\"detail\":\"not the admin\"}");
        } else if (!provisioned.add(slug)) {
            send(exchange, 409, "{}");
        } else {
            send(exchange, 201, "{\"tenantId\":\"id-" + slug + "\",\"apiKey\":\"key-" + slug + "\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void threeTenantsAreProvisionedInOrderAndTheirKeysKeptPrivately() throws Exception {
        tenants().run();

        assertThat(DemoTenants.known(layout))
                .extracting(DemoTenant::slug, DemoTenant::plan, DemoTenant::apiKey, DemoTenant::tenantId)
                .containsExactly(
                        tuple("freeco", "free", "key-freeco", "id-freeco"),
                        tuple("midsize-health", "growth", "key-midsize-health", "id-midsize-health"),
                        tuple("bigfinance", "enterprise", "key-bigfinance", "id-bigfinance"));
        assertThat(Files.getPosixFilePermissions(layout.demoTenantsFile())).hasSize(2);
        assertThat(calls).contains("PATCH /api/tenants/id-freeco/config");
    }

    @Test
    void aSecondTimeProvisionsNothing() throws Exception {
        tenants().run();
        calls.clear();
        tenants().run();

        assertThat(calls).hasSize(3).allMatch("GET /v1/models"::equals);
    }

    @Test
    void aTenantWhoseKeyWasLostGetsAnother() throws Exception {
        provisioned.add("freeco");
        tenants().run();

        assertThat(DemoTenants.known(layout).getFirst())
                .isEqualTo(new DemoTenant("freeco", "free", "new-key", "id-freeco"));
    }

    @Test
    void aRefusalSaysWhatWasAskedAndAnswered() {
        PrivateFiles.write(secrets.adminKey(), "another");
        gateway.removeContext("/");
        gateway.createContext(
                "/",
                exchange -> send(
                        exchange,
                        exchange.getRequestMethod().equals("GET") ? 200 : 403,
                        "{\"detail\":\"no such right\"}"));

        assertThatThrownBy(() -> tenants().run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("provisioning freeco")
                .hasMessageContaining("no such right");
    }
}
