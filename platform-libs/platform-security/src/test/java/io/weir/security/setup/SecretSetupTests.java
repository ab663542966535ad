package io.weir.security.setup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.security.ApiKey;
import io.weir.security.EnvelopeKeyset;
import io.weir.security.Peppers;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a server that answers for Secrets as the API of Kubernetes does.
class SecretSetupTests {

    private static final String TOKEN = "the account's token";

    private final Map<String, Map<String, String>> secrets = new ConcurrentHashMap<>();
    private HttpServer api;
    private HttpClient client;
    private volatile boolean forbidden;

    @BeforeEach
    void start() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/api/v1/namespaces/weir-system/secrets", this::handle);
        api.start();
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        api.stop(0);
        client.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (forbidden
                || !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 403, Map.of("message", "secrets is forbidden"));
            return;
        }
        try {
            switch (exchange.getRequestMethod()) {
                case "GET" -> {
                    Map<String, String> found = secrets.get(name);
                    answer(exchange, found == null ? 404 : 200, found == null ? Map.of() : Map.of("data", found));
                }
                case "POST" -> {
                    Map<String, Object> sent = JsonUtil.parseJson(body);
                    String created = String.valueOf(map(sent.get("metadata")).get("name"));
                    boolean isNew = secrets.putIfAbsent(created, data(sent)) == null;
                    answer(exchange, isNew ? 201 : 409, Map.of());
                }
                default -> {
                    requireNonNull(secrets.get(name)).putAll(data(JsonUtil.parseJson(body)));
                    answer(exchange, 200, Map.of());
                }
            }
        } catch (JoseException malformed) {
            answer(exchange, 400, Map.of("message", malformed.getMessage()));
        }
    }

    private static Map<String, String> data(Map<String, Object> sent) {
        Map<String, String> data = new ConcurrentHashMap<>();
        map(sent.get("data")).forEach((key, value) -> data.put(key.toString(), value.toString()));
        return data;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return (Map<?, ?>) requireNonNull(value);
    }

    private static void answer(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = JsonUtil.toJson(new HashMap<>(body)).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private void run(String... arguments) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + api.getAddress().getPort());
        new SecretSetup(new ClusterSecrets(client, address, "weir-system", TOKEN), new SecretContents())
                .run(SecretSetup.Plan.of(arguments));
    }

    private Map<String, String> plain(String name) {
        Map<String, String> plain = new TreeMap<>();
        requireNonNull(secrets.get(name))
                .forEach((key, value) ->
                        plain.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return plain;
    }

    private static Path written(Path directory, Map<String, String> files) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        return directory;
    }

    @Test
    void whatItMakesIsWhatServicesLoad(@TempDir Path directory) throws Exception {
        run(
                "--prefix",
                "weir",
                "--key",
                "trusted-keys",
                "--key",
                "signing-gateway",
                "--key",
                "pepper",
                "--key",
                "envelope-keyset",
                "--key",
                "admin-key",
                "--key",
                "audit-signing");
        SigningKeys signing = SigningKeys.load(written(directory.resolve("signing"), plain("weir-signing-gateway")));
        TrustedKeys trusted =
                TrustedKeys.load(written(directory.resolve("trusted"), plain("weir-trusted-keys")), Clock.systemUTC());
        assertThat(trusted.find(signing.get().id())).isPresent();
        assertThat(Peppers.load(written(directory.resolve("pepper"), plain("weir-pepper")))
                        .ids())
                .containsExactly("p0001");
        assertThat(EnvelopeKeyset.parse(
                                requireNonNull(plain("weir-envelope-keyset").get("keyset.json")))
                        .keys())
                .hasSize(1);
        assertThat(ApiKey.read(requireNonNull(plain("weir-admin-key").get("admin-api-key"))))
                .isInstanceOf(ApiKey.Reading.WellFormed.class);
        assertThat(plain("weir-trusted-keys").keySet())
                .hasSize(2)
                .anyMatch(name -> name.startsWith("audit."))
                .anyMatch(name -> name.startsWith("gateway."));
    }

    @Test
    void whatIsThereStaysAndWhatIsNewIsAdded() throws Exception {
        run("--prefix", "weir", "--password", "redis", "--key", "pepper");
        Map<String, Map<String, String>> before = Map.of("p", plain("weir-passwords"), "k", plain("weir-pepper"));
        run("--prefix", "weir", "--password", "redis", "--password", "clickhouse", "--key", "pepper");
        assertThat(plain("weir-passwords"))
                .containsAllEntriesOf(before.get("p"))
                .containsOnlyKeys("redis", "clickhouse");
        assertThat(plain("weir-pepper")).isEqualTo(before.get("k"));
        assertThat(plain("weir-passwords").get("redis"))
                .hasSizeGreaterThanOrEqualTo(32)
                .isNotEqualTo(plain("weir-passwords").get("clickhouse"));
    }

    @Test
    void aKeyThatNobodyWouldTrustIsNotMade() {
        assertThatThrownBy(() -> run("--prefix", "weir", "--key", "signing-tenant"))
                .hasMessageContaining("'signing-tenant' would be trusted by nobody");
        assertThat(secrets).isEmpty();
    }

    @Test
    void aRefusalIsToldWithItsReason() {
        forbidden = true;
        assertThatThrownBy(() -> run("--prefix", "weir", "--password", "redis"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("weir-passwords")
                .hasMessageContaining("403")
                .hasMessageContaining("secrets is forbidden");
    }

    @Test
    void anOptionThatIsNoneIsRefused() {
        assertThatThrownBy(() -> run("--prefix", "weir", "--passwords", "x")).hasMessageContaining("'--passwords'");
        assertThatThrownBy(() -> run("--key", "pepper")).hasMessageContaining("--prefix");
        assertThatThrownBy(() -> run("--prefix", "weir", "--key", "salt")).hasMessageContaining("'salt'");
    }
}
