package io.weir.billing;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A running billing-service on a database, topics and keys of its own, and everything around it that it talks to.
public final class Billing implements AutoCloseable {

    static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PASSWORD = "secret";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static {
        EventLoops.guard();
    }

    public final TurnableClock clock = new TurnableClock();
    public final SnapshotPublisher tenantService;
    public final SnapshotPublisher analyticsService;

    private final Path directory;
    private final String database = Infrastructure.freshName("billing");
    private final KafkaProperties kafka =
            new KafkaProperties(Infrastructure.kafka(), Infrastructure.freshName("weir") + ".", (short) 1, Map.of());
    private final Map<String, Path> keys = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final SnapshotReader reader;
    private final SnapshotTable<BudgetSnapshot> budgets;
    private final SnapshotTable<PriceBookSnapshot> priceBooks;
    private ConfigurableApplicationContext application;

    private Billing(Path directory, String... arguments) throws IOException, SQLException {
        this.directory = directory;
        Path publicKeys = Files.createDirectories(directory.resolve("trusted"));
        Path privateKeys = Files.createDirectories(directory.resolve("private"));
        for (String service : List.of("gateway", "tenant", "analytics", "billing")) {
            keys.put(service, KeyPairFiles.generate(service, privateKeys, publicKeys));
        }
        bootstrapDatabase();
        createTopics();
        tenantService = publisher("tenant");
        analyticsService = publisher("analytics");
        reader = new SnapshotReader(
                kafka,
                TrustedKeys.load(publicKeys, Clock.systemUTC()),
                directory.resolve("observer"),
                Clock.systemUTC());
        budgets = reader.table(SnapshotTopic.BUDGETS);
        priceBooks = reader.table(SnapshotTopic.PRICE_BOOKS);
        reader.start();
        application = run(arguments);
    }

    public static Billing start(Path directory, String... arguments) throws IOException, SQLException {
        return new Billing(directory, arguments);
    }

    /// Ends the service and starts it again on the same data, as after a crash; topics and database stay.
    public void restart(String... arguments) {
        application.close();
        application = run(arguments);
    }

    /// Starts a second instance beside the first. Throws what its start throws.
    public ConfigurableApplicationContext run(String... arguments) {
        return new SpringApplicationBuilder(BillingApplication.class)
                .initializers(context -> ((GenericApplicationContext) context).registerBean(Clock.class, () -> clock))
                .properties(settings())
                .run(arguments);
    }

    private Map<String, Object> settings() {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        Map<String, Object> settings = new HashMap<>();
        settings.put("server.port", "0");
        settings.put("server.address", "127.0.0.1");
        settings.put("server.shutdown", "immediate");
        settings.put("spring.lifecycle.timeout-per-shutdown-phase", "5s");
        settings.put("weir.kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("weir.kafka.topic-prefix", kafka.topicPrefix());
        settings.put("weir.postgres.host", postgres.host());
        settings.put("weir.postgres.port", postgres.port());
        settings.put("weir.postgres.database", database);
        for (String role : List.of("app", "platform", "migrator")) {
            settings.put("weir.postgres." + role + ".username", database + "_" + role);
            settings.put("weir.postgres." + role + ".password", PASSWORD);
        }
        settings.put("weir.security.signing-key", String.valueOf(keys.get("billing")));
        settings.put("weir.security.trusted-keys", directory.resolve("trusted").toString());
        settings.put("weir.state-directory", directory.resolve("state").toString());
        return settings;
    }

    private void bootstrapDatabase() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        DatabaseBootstrap.create(
                postgres.jdbcUrl("postgres"),
                postgres.superuser(),
                postgres.password(),
                database,
                Map.of("app", PASSWORD, "platform", PASSWORD, "migrator", PASSWORD));
    }

    private void createTopics() {
        new TopicCreation(
                        kafka,
                        List.of("tenants.v1", "plans.v1", "sealed-hours.v1", "audit.v1").stream()
                                .map(TopicSpec::compacted)
                                .toList())
                .start();
    }

    /// What a service of that name would sign its snapshots with.
    public SnapshotPublisher publisher(String service) {
        return new SnapshotPublisher(kafka, SigningKey.load(key(service)));
    }

    public KafkaProperties kafka() {
        return kafka;
    }

    private Path key(String service) {
        return Objects.requireNonNull(keys.get(service), service);
    }

    public <T> void publish(SnapshotPublisher publisher, SnapshotTopic<T> topic, String key, long version, T snapshot) {
        // The topic may still be in the making.
        Eventually.passes(
                WAIT, () -> publisher.publish(topic, key, version, snapshot).block(WAIT));
    }

    public SnapshotTable<BudgetSnapshot> budgets() {
        return budgets;
    }

    public SnapshotTable<PriceBookSnapshot> priceBooks() {
        return priceBooks;
    }

    public <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    /// An answer of the service.
    public record Answer(int status, HttpResponse<String> response) {
        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String text(String field) {
            return json().path(field).asString("");
        }
    }

    public Answer get(String path, String passport) {
        return send(request(path, passport).GET().build());
    }

    public Answer post(String path, String body, String passport) {
        return send(request(path, passport)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    public int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) application).getWebServer())
                .getPort();
    }

    public HttpRequest.Builder request(String path, String passport) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(WAIT)
                .header(Passport.HEADER, passport);
    }

    public Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    /// A passport as the gateway mints it.
    public String passport(TenantId tenant, Scope... scopes) {
        return gateway().mint(context(tenant), "key:k", "k", Set.of(scopes));
    }

    public PassportIssuer gateway() {
        return new PassportIssuer(SigningKey.load(key("gateway")), clock);
    }

    public String operator() {
        return passport(TenantId.PLATFORM, Scope.PLATFORM_ADMIN);
    }

    public static TenantContext context(TenantId tenant) {
        return new TenantContext(tenant, "growth", Placement.POOL, "local");
    }

    /// Asks the database as its superuser, past every policy.
    public long count(String query) {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Changes the database as its superuser, to make what a crash would leave.
    public void alter(String sql) {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private Connection superuser() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
    }

    @Override
    public void close() {
        application.close();
        reader.stop();
        tenantService.close();
        analyticsService.close();
        http.close();
    }
}
