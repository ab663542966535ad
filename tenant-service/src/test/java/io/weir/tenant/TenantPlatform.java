package io.weir.tenant;

import io.weir.kafka.KafkaProperties;
import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.security.ApiKey;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotReader;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tenant service on a real database and broker, with the gateway's key to call it as the gateway does.
final class TenantPlatform implements AutoCloseable {

    static final TenantContext PLATFORM = new TenantContext(TenantId.PLATFORM, "enterprise", Placement.POOL, "local");
    private static final String PASSWORD = "secret";

    static {
        EventLoops.guard();
    }

    final String database = Infrastructure.freshName("tenant");
    final KafkaProperties kafka;
    final ApiKey adminKey = ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom());
    private final Path directory;
    private final Path trusted;
    private final PassportIssuer gateway;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable ConfigurableApplicationContext service;

    private TenantPlatform(String bootstrapServers) throws Exception {
        directory = Files.createTempDirectory("tenant-it-");
        trusted = Files.createDirectory(directory.resolve("trusted"));
        Path secret = Files.createDirectory(directory.resolve("secret"));
        gateway = new PassportIssuer(
                SigningKey.load(KeyPairFiles.generate("gateway", secret, trusted)), Clock.systemUTC());
        kafka = new KafkaProperties(bootstrapServers, Infrastructure.freshName("tenant") + ".", (short) 1, Map.of());
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        DatabaseBootstrap.create(
                postgres.jdbcUrl("postgres"),
                postgres.superuser(),
                postgres.password(),
                database,
                Map.of(
                        "app", PASSWORD,
                        "platform", PASSWORD,
                        "migrator", PASSWORD,
                        "mover", PASSWORD,
                        "provisioner", PASSWORD));
        settings.put("server.port", 0);
        settings.put("server.address", "127.0.0.1");
        settings.put("weir.kafka.bootstrap-servers", bootstrapServers);
        settings.put("weir.kafka.topic-prefix", kafka.topicPrefix());
        settings.put("weir.postgres.host", postgres.host());
        settings.put("weir.postgres.port", postgres.port());
        settings.put("weir.postgres.database", database);
        for (String role : new String[] {"app", "platform", "migrator", "mover", "provisioner"}) {
            settings.put("weir.postgres." + role + ".username", database + "_" + role);
            settings.put("weir.postgres." + role + ".password", PASSWORD);
        }
        settings.put("weir.postgres.pool.max-acquire-time", "5s");
        settings.put("weir.security.signing-key", KeyPairFiles.generate("tenant", secret, trusted));
        settings.put("weir.security.trusted-keys", trusted);
        settings.put(
                "weir.security.pepper",
                Files.writeString(directory.resolve("pepper"), UUID.randomUUID().toString()));
        settings.put(
                "weir.bootstrap.admin-key-file",
                Files.writeString(directory.resolve("admin-key"), adminKey.reveal() + "\n"));
        settings.put("weir.state-directory", directory.resolve("state"));
        settings.put("weir.audit.signing-key", KeyPairFiles.generate("audit", secret, trusted));
        settings.put("weir.audit.export-directory", auditExports());
        settings.put("weir.audit.seal-every", "300ms");
        settings.put("weir.keys.housekeeping", "300ms");
        settings.put("logging.structured.format.console", "");
    }

    static TenantPlatform start() throws Exception {
        return start(Infrastructure.kafka());
    }

    static TenantPlatform start(String bootstrapServers) throws Exception {
        return startWith(bootstrapServers, Map.of());
    }

    /// With further settings of the service.
    static TenantPlatform startWith(String bootstrapServers, Map<String, Object> further) throws Exception {
        TenantPlatform platform = new TenantPlatform(bootstrapServers);
        platform.settings.putAll(further);
        platform.startService();
        return platform;
    }

    void startService() {
        service = new SpringApplicationBuilder(TenantApplication.class)
                .properties(texts())
                .run();
    }

    private Map<String, Object> texts() {
        Map<String, Object> texts = new LinkedHashMap<>();
        settings.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    @Override
    public void close() {
        stopService();
    }

    /// A reader as the data plane has one, not started.
    SnapshotReader reader() throws Exception {
        return new SnapshotReader(
                kafka,
                TrustedKeys.load(trusted, Clock.systemUTC()),
                Files.createTempDirectory(directory, "reader"),
                Clock.systemUTC());
    }

    Connection as(String role) throws SQLException {
        return DriverManager.getConnection(
                Infrastructure.postgres().jdbcUrl(database), database + "_" + role, PASSWORD);
    }

    Connection asSuperuser() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
    }

    /// Whoever calls.
    Caller admin() {
        return new Caller(PLATFORM, Set.of(Scope.PLATFORM_ADMIN));
    }

    Caller of(String tenantId, Scope... scopes) {
        return new Caller(new TenantContext(TenantId.of(tenantId), "growth", Placement.POOL, "local"), Set.of(scopes));
    }

    record Answer(int status, JsonNode body, HttpResponse<String> raw) {
        String text(String field) {
            return body.path(field).asString();
        }
    }

    final class Caller {
        private final TenantContext tenant;
        private final Set<Scope> scopes;

        private Caller(TenantContext tenant, Set<Scope> scopes) {
            this.tenant = tenant;
            this.scopes = scopes;
        }

        Answer get(String path) throws Exception {
            return call("GET", path, null);
        }

        Answer post(String path, String body) throws Exception {
            return call("POST", path, body);
        }

        Answer call(String method, String path, @Nullable String body, String... headers) throws Exception {
            List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
            all.addAll(List.of(headers));
            return callWith(method, path, body, all.toArray(String[]::new));
        }

        /// As [#call], with these headers only.
        Answer callWith(String method, String path, @Nullable String body, String... headers) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                    .timeout(Duration.ofSeconds(30))
                    .header(Passport.HEADER, gateway.mint(tenant, "key:test", "test", scopes))
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return answer(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        }

        /// Whatever these bytes are.
        Answer send(String method, String path, byte[] body) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(uri(path))
                    .timeout(Duration.ofSeconds(30))
                    .header(Passport.HEADER, gateway.mint(tenant, "key:test", "test", scopes))
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            return answer(http.send(request, HttpResponse.BodyHandlers.ofString()));
        }

        private static Answer answer(HttpResponse<String> raw) {
            JsonNode json = raw.body().isEmpty()
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(raw.body());
            return new Answer(raw.statusCode(), json, raw);
        }

        /// Provisions a tenant and answers with its id.
        String provision(String slug) throws Exception {
            Answer answer = post(
                    "/api/tenants/provision",
                    "{\"slug\": \"" + slug + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"growth\"}");
            if (answer.status() != 201) {
                throw new AssertionError(answer.status() + " " + answer.body());
            }
            return answer.text("tenantId");
        }
    }

    Path auditExports() {
        return directory.resolve("audit-exports");
    }

    /// The audit export as its reader gets it.
    List<String> exportLines(String tenant, String query) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri("/api/tenants/" + tenant + "/audit/export" + query))
                        .timeout(Duration.ofSeconds(30))
                        .header(
                                Passport.HEADER,
                                gateway.mint(PLATFORM, "key:test", "test", Set.of(Scope.PLATFORM_ADMIN)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.body().lines().toList();
    }

    private HttpHeaders lastHeaders = HttpHeaders.of(Map.of(), (name, value) -> true);

    /// What a tenant's administrator downloads; see [#lastHeader].
    byte[] bytes(String tenant, String path) throws Exception {
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(30))
                        .header(
                                Passport.HEADER,
                                gateway.mint(
                                        new TenantContext(TenantId.of(tenant), "growth", Placement.POOL, "local"),
                                        "key:test",
                                        "test",
                                        Set.of(Scope.TENANT_ADMIN)))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        lastHeaders = answer.headers();
        return answer.body();
    }

    String lastHeader(String name) {
        return lastHeaders.firstValue(name).orElse("");
    }

    PassportIssuer gateway() {
        return gateway;
    }

    <T> T bean(Class<T> type) {
        ConfigurableApplicationContext running = service;
        if (running == null) {
            throw new IllegalStateException("the service does not run");
        }
        return running.getBean(type);
    }

    URI uri(String path) {
        ConfigurableApplicationContext running = service;
        if (running == null) {
            throw new IllegalStateException("the service does not run");
        }
        return URI.create("http://127.0.0.1:" + running.getEnvironment().getProperty("local.server.port") + path);
    }
}
