package io.weir.analytics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The service as it runs, with topics and a database of its own, and a gateway's key to call it with.
final class RunningAnalytics implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static {
        EventLoops.guard();
    }

    private final Path directory;
    private final Path signingKey;
    private final PassportIssuer gateway;
    private final SigningKey tenants;
    private final KafkaProperties kafka;
    private final String database = Infrastructure.freshName("analytics");
    private final ClickHouse clickHouse;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Object> further = new HashMap<>();
    private ConfigurableApplicationContext context;

    RunningAnalytics(Path directory) throws Exception {
        this(directory, Infrastructure.kafka());
    }

    RunningAnalytics(Path directory, String broker) throws Exception {
        this(directory, broker, Map.of());
    }

    /// @param settings beside the usual ones
    RunningAnalytics(Path directory, String broker, Map<String, Object> settings) throws Exception {
        further.putAll(settings);
        this.directory = directory;
        Path secret = Files.createDirectory(directory.resolve("secret"));
        Path trusted = Files.createDirectory(directory.resolve("trusted"));
        signingKey = KeyPairFiles.generate("analytics", secret, trusted);
        tenants = SigningKey.load(KeyPairFiles.generate("tenant", secret, trusted));
        gateway = new PassportIssuer(
                SigningKey.load(KeyPairFiles.generate("gateway", secret, trusted)), Clock.systemUTC());
        kafka = new KafkaProperties(broker, Infrastructure.freshName("analytics") + ".", (short) 1, Map.of());
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        clickHouse = new ClickHouse(new ClickHouseProperties(
                server.url(), database, server.user(), server.password(), 2, LIMIT, LIMIT, LIMIT));
        context = run(directory.resolve("state"));
    }

    KafkaProperties kafka() {
        return kafka;
    }

    /// As tenant-service does; its topic must be there.
    void publish(TenantSnapshot tenant) {
        try (SnapshotPublisher publisher = new SnapshotPublisher(kafka, tenants)) {
            publisher
                    .publish(SnapshotTopic.TENANTS, tenant.tenantId().toString(), tenant.version(), tenant)
                    .block(LIMIT);
        }
    }

    private ConfigurableApplicationContext run(Path state) {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        Map<String, Object> settings = new HashMap<>();
        settings.put("server.port", "0");
        settings.put("server.address", "127.0.0.1");
        settings.put("server.shutdown", "immediate");
        settings.put("weir.kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("weir.kafka.topic-prefix", kafka.topicPrefix());
        settings.put("weir.clickhouse.url", server.url());
        settings.put("weir.clickhouse.database", database);
        settings.put("weir.clickhouse.username", server.user());
        settings.put("weir.clickhouse.password", server.password());
        settings.put("weir.security.signing-key", signingKey.toString());
        settings.put("weir.security.trusted-keys", directory.resolve("trusted").toString());
        settings.put("weir.state-directory", state.toString());
        settings.put("weir.analytics.producer-silence", "3s");
        settings.put("weir.analytics.seal-grace", "1s");
        settings.put("weir.analytics.seal-timeout", "20s");
        settings.put("weir.tracing.sampling", "0");
        settings.putAll(further);
        SpringApplication application = new SpringApplication(AnalyticsApplication.class);
        return application.run(settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
    }

    /// What a counter of the running instance has come to.
    double counted(String meter, String tag, String value) {
        Counter counter =
                context.getBean(MeterRegistry.class).find(meter).tag(tag, value).counter();
        return counter == null ? 0 : counter.count();
    }

    double counted(String meter) {
        return context.getBean(MeterRegistry.class).get(meter).counter().count();
    }

    /// Of its next start.
    RunningAnalytics with(String setting, Object value) {
        further.put(setting, value);
        return this;
    }

    /// Another instance beside it: the same topics, the same database, a state directory of its own.
    ConfigurableApplicationContext another() throws IOException {
        return run(Files.createTempDirectory(directory, "state-"));
    }

    PassportIssuer gateway() {
        return gateway;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    static int port(ConfigurableApplicationContext instance) {
        return Integer.parseInt(Objects.requireNonNull(instance.getEnvironment().getProperty("local.server.port")));
    }

    int port() {
        return port(context);
    }

    String passport(TenantId caller, Scope... scopes) {
        return gateway.mint(new TenantContext(caller, "free", Placement.POOL, "local"), "key:k", "k", Set.of(scopes));
    }

    void stop() {
        context.close();
    }

    void start() {
        context = run(directory.resolve("state"));
    }

    static TenantId tenant() {
        return new TenantId(UUID.randomUUID());
    }

    record Answer(int status, JsonNode json, String text) {}

    Answer get(TenantId caller, String path, Scope... scopes) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).GET(), caller, scopes);
    }

    Answer post(TenantId caller, String path, String body, Scope... scopes) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)), caller, scopes);
    }

    Answer post(TenantId caller, String path, String mediaType, String body, Scope... scopes) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("content-type", mediaType)
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                caller,
                scopes);
    }

    Answer getWithout(String path) throws Exception {
        return answer(http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString()));
    }

    private Answer send(HttpRequest.Builder request, TenantId caller, Scope... scopes) throws Exception {
        TenantContext tenant = new TenantContext(caller, "free", Placement.POOL, "local");
        String passport = gateway.mint(tenant, "key:k", "k", Set.of(scopes));
        return answer(http.send(
                request.header(Passport.HEADER, passport).timeout(LIMIT).build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(response.statusCode(), JSON.readTree(response.body()), response.body());
    }

    private URI uri(String path) {
        int port =
                Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port")));
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /// The only number that a query gives, as `n`.
    long number(String sql) {
        return Objects.requireNonNull(new TenantQuery(clickHouse)
                        .acrossTenants(new ForPlatform("test"), sql, Map.of(), row -> row.integer("n"))
                        .block(LIMIT))
                .getFirst();
    }

    List<String> texts(String sql) {
        return Objects.requireNonNull(new TenantQuery(clickHouse)
                .acrossTenants(new ForPlatform("test"), sql, Map.of(), row -> row.text("s"))
                .block(LIMIT));
    }

    @Override
    public void close() {
        context.close();
        new TenantQuery(clickHouse)
                .acrossTenants(new ForPlatform("test"), "DROP DATABASE " + database, Map.of(), row -> row)
                .block(LIMIT);
        clickHouse.close();
    }
}
