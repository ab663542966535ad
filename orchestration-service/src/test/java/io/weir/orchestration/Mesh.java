package io.weir.orchestration;

import io.weir.embedded.FreePort;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import io.weir.money.Amount;
import io.weir.security.EnvelopeKeyset;
import io.weir.security.KeyPairFiles;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.simulators.provider.ProviderSimulator;
import io.weir.simulators.provider.ProviderSimulatorOptions;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.snapshots.catalog.TrafficSplit;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;

/// The service with everything around it: real broker and database, the provider simulator, and the control plane
/// played by this class.
final class Mesh implements AutoCloseable {

    static final String MODEL = "gpt-4o-mini";
    static final String CLAUDE = "claude-sonnet-4-5";
    static final String GEMINI = "gemini-2.5-flash";

    /// A model that has prices, but whose provider is not set up.
    static final String NOT_SET_UP = "far-away-1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicLong VERSIONS = new AtomicLong(System.currentTimeMillis());

    static {
        EventLoops.guard();
    }

    private final Path directory;
    private final Map<String, Path> keys = new LinkedHashMap<>();
    private final KafkaProperties kafka;
    private final SnapshotPublisher tenantService;
    private final SnapshotPublisher billingService;
    private final SnapshotPublisher modelService;
    private final MeshDatabase database = MeshDatabase.create();
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private ProviderSimulator simulator = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private @Nullable ConfigurableApplicationContext application;

    private Mesh(String bootstrap) {
        try {
            directory = Files.createTempDirectory("mesh-");
            Path trusted = Files.createDirectory(directory.resolve("trusted"));
            Path own = Files.createDirectory(directory.resolve("own"));
            for (String keyset : List.of("keyset.json", "provider-keyset.json")) {
                Files.writeString(
                        directory.resolve(keyset), EnvelopeKeyset.create().json());
            }
            for (String service : List.of("gateway", "tenant", "orchestration", "billing", "model")) {
                keys.put(service, KeyPairFiles.generate(service, own, trusted));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        kafka = new KafkaProperties(bootstrap, Infrastructure.freshName("t") + ".", (short) 1, Map.of());
        tenantService = new SnapshotPublisher(kafka, key("tenant"));
        billingService = new SnapshotPublisher(kafka, key("billing"));
        modelService = new SnapshotPublisher(kafka, key("model"));
        closing.add(modelService);
        closing.add(tenantService);
        closing.add(billingService);
    }

    static Mesh start(String... settings) {
        return startOn(Infrastructure.kafka(), settings);
    }

    static Mesh startOn(String bootstrap, String... settings) {
        Mesh mesh = new Mesh(bootstrap);
        mesh.prepare();
        mesh.publishCatalogue();
        mesh.configure();
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            mesh.properties.put(parts[0], parts[1]);
        }
        mesh.startService();
        return mesh;
    }

    private SigningKey key(String service) {
        return SigningKey.load(keyFile(service));
    }

    private Path keyFile(String service) {
        return Objects.requireNonNull(keys.get(service), service);
    }

    private void prepare() {
        TopicCreation topics = new TopicCreation(
                kafka,
                List.of(
                        TopicSpec.compacted("audit.v1"),
                        TopicSpec.compacted(SnapshotTopic.TENANTS.suffix()),
                        TopicSpec.compacted(SnapshotTopic.API_KEYS.suffix()),
                        TopicSpec.compacted(SnapshotTopic.PROVIDER_KEYS.suffix()),
                        TopicSpec.compacted(SnapshotTopic.PLANS.suffix()),
                        TopicSpec.compacted(SnapshotTopic.PRICE_BOOKS.suffix()),
                        TopicSpec.compacted(SnapshotTopic.BUDGETS.suffix())));
        topics.start();
        closing.add(topics::stop);
    }

    private void configure() {
        properties.put("server.port", "0");
        properties.put("server.address", "127.0.0.1");
        properties.put("weir.kafka.bootstrap-servers", kafka.bootstrapServers());
        properties.put("weir.kafka.topic-prefix", kafka.topicPrefix());
        properties.putAll(database.settings());
        properties.put("weir.security.signing-key", keyFile("orchestration").toString());
        properties.put(
                "weir.security.trusted-keys", directory.resolve("trusted").toString());
        properties.put(
                "weir.security.provider-keyset",
                directory.resolve("provider-keyset.json").toString());
        properties.put("weir.egress.allow-loopback", "true");
        properties.put("weir.state-directory", directory.resolve("state").toString());
        properties.put(
                "weir.security.envelope-keyset",
                directory.resolve("keyset.json").toString());
        properties.put("weir.providers.openai.base-url", simulator.openAiBaseUrl());
        properties.put("weir.providers.openai.api-key", "sk-test");
        properties.put("weir.providers.anthropic.base-url", simulator.anthropicBaseUrl());
        properties.put("weir.providers.anthropic.api-key", "sk-ant-test");
        properties.put("weir.providers.gemini.base-url", simulator.geminiBaseUrl());
        properties.put("weir.providers.gemini.api-key", "gemini-test");
        properties.put("weir.ledger.producer-id", "orchestration-test");
        // A provider that one test limits serves the next one.
        properties.put("weir.lane.longest-pause", "100ms");
        properties.put("weir.redis.url", Infrastructure.redis());
        properties.put("weir.tracing.sampling", "0");
        properties.put("logging.structured.format.console", "");
        properties.put("logging.level.root", "WARN");
        properties.put("logging.level.org.apache.kafka", "ERROR");
    }

    /// What a statement of the superuser changed, or the one number that it finds.
    long sql(String statement) {
        return database.sql(statement);
    }

    void startService() {
        List<String> arguments = new ArrayList<>();
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        application =
                new SpringApplicationBuilder(OrchestrationApplication.class).run(arguments.toArray(String[]::new));
        Eventually.passes(PATIENCE, () -> {
            if (client().get("/ready").statusCode() != 200) {
                throw new AssertionError("not ready: " + client().get("/ready").body());
            }
        });
    }

    int freePort() {
        return FreePort.next();
    }

    /// A second instance, in a process of its own.
    Process spawn(int port, String... settings) throws IOException {
        Map<String, Object> own = new LinkedHashMap<>(properties);
        own.put("server.port", port);
        own.put("weir.ledger.producer-id", "orchestration-" + port);
        own.put("weir.state-directory", directory.resolve("state-" + port).toString());
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            own.put(parts[0], parts[1]);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                OrchestrationApplication.class.getName()));
        own.forEach((name, value) -> command.add("--" + name + "=" + value));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("instance-" + port + ".log").toFile())
                .start();
    }

    void awaitReady(int port) {
        Client there = new Client("http://127.0.0.1:" + port, null);
        Eventually.passes(PATIENCE.multipliedBy(3), () -> {
            try {
                if (there.get("/ready").statusCode() != 200) {
                    throw new AssertionError("not ready");
                }
            } catch (UncheckedIOException notYet) {
                throw new AssertionError("not there", notYet);
            }
        });
    }

    void stopService() {
        ConfigurableApplicationContext running = application;
        if (running != null) {
            running.close();
            application = null;
        }
    }

    /// Starts the service anew, and the simulator: its network threads are the JVM's, which the stopped service ended.
    void restartService() {
        simulator = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
        properties.put("weir.providers.openai.base-url", simulator.openAiBaseUrl());
        properties.put("weir.providers.anthropic.base-url", simulator.anthropicBaseUrl());
        properties.put("weir.providers.gemini.base-url", simulator.geminiBaseUrl());
        startService();
    }

    <T> T bean(Class<T> type) {
        ConfigurableApplicationContext running = application;
        if (running == null) {
            throw new IllegalStateException("stopped");
        }
        return running.getBean(type);
    }

    PassportIssuer gateway() {
        return new PassportIssuer(key("gateway"), Clock.systemUTC());
    }

    String baseUrl() {
        ConfigurableApplicationContext running = application;
        if (running == null) {
            throw new IllegalStateException("stopped");
        }
        return "http://127.0.0.1:" + running.getEnvironment().getProperty("local.server.port");
    }

    /// A client without a passport.
    Client client() {
        return new Client(baseUrl(), null);
    }

    /// A client of that tenant, as the gateway forwards it.
    Client client(TenantSnapshot tenant) {
        return client(tenant, Scope.INFERENCE);
    }

    /// A client whose key has that scope alone.
    Client client(TenantSnapshot tenant, Scope scope) {
        String passport = new PassportIssuer(key("gateway"), Clock.systemUTC())
                .mint(tenant.context(), "key:abc", "keyabc", Set.of(scope));
        return new Client(baseUrl(), passport);
    }

    Ledger ledger() {
        return new Ledger(kafka);
    }

    Topics topics() {
        return new Topics(kafka);
    }

    Simulated provider() {
        return new Simulated(simulator.baseUrl());
    }

    /// A tenant without a cap.
    TenantSnapshot tenant() {
        return tenant(null, TenantSettings.DEFAULTS);
    }

    TenantSnapshot tenant(@Nullable Amount cap, TenantSettings settings) {
        TenantSnapshot tenant = new TenantSnapshot(
                new TenantId(UUID.randomUUID()),
                new TenantSlug("t" + Long.toString(VERSIONS.incrementAndGet(), 36)),
                TenantStatus.ACTIVE,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                cap,
                settings,
                VERSIONS.incrementAndGet(),
                Instant.now());
        publish(tenant);
        return tenant;
    }

    void publish(TenantSnapshot tenant) {
        tenantService
                .publish(SnapshotTopic.TENANTS, tenant.tenantId().toString(), VERSIONS.incrementAndGet(), tenant)
                .block(PATIENCE);
        awaitKnown(tenant);
    }

    /// As at the end of its grace.
    void erase(TenantSnapshot tenant) {
        tenantService
                .remove(SnapshotTopic.TENANTS, tenant.tenantId().toString(), VERSIONS.incrementAndGet())
                .block(PATIENCE);
    }

    /// What the service keeps on its disk.
    Path state() {
        return directory.resolve("state");
    }

    /// The tenants' own provider keys.
    TenantKeys keys() {
        return new TenantKeys(
                directory.resolve("provider-keyset.json"), kafka, tenantService, () -> bean(SnapshotReader.class));
    }

    static long version() {
        return VERSIONS.incrementAndGet();
    }

    private void awaitKnown(TenantSnapshot tenant) {
        if (application != null) {
            Eventually.passes(PATIENCE, () -> {
                if (client(tenant).get("/v1/models").statusCode() == 503) {
                    throw new AssertionError("tenant not known yet");
                }
            });
        }
    }

    /// Publishes the tenant's budget and waits until a call no longer says that it is unknown.
    BudgetSnapshot budget(TenantSnapshot tenant, String limit) {
        return budget(tenant, limit, "UTC");
    }

    BudgetSnapshot budget(TenantSnapshot tenant, String limit, String timeZone) {
        return budget(new BudgetSnapshot(
                BudgetSnapshot.tenantBudgetId(tenant.tenantId()),
                tenant.tenantId(),
                Amount.of(limit),
                BudgetSnapshot.Window.MONTH,
                timeZone,
                0,
                tenant.version()));
    }

    /// Publishes the budget as its newest version and waits until it is known.
    BudgetSnapshot budget(BudgetSnapshot wanted) {
        long version = VERSIONS.incrementAndGet();
        BudgetSnapshot budget = new BudgetSnapshot(
                wanted.id(),
                wanted.tenantId(),
                wanted.limit(),
                wanted.window(),
                wanted.timeZone(),
                version,
                wanted.tenantVersion(),
                wanted.scope(),
                wanted.subject());
        billingService
                .publish(SnapshotTopic.BUDGETS, budget.id(), version, budget)
                .block(PATIENCE);
        Eventually.passes(PATIENCE, () -> {
            if (bean(SnapshotReader.class).tables().stream()
                    .filter(table -> table.topic().equals(SnapshotTopic.BUDGETS))
                    .noneMatch(table ->
                            table.find(budget.id()).filter(budget::equals).isPresent())) {
                throw new AssertionError("budget not known yet");
            }
        });
        return budget;
    }

    /// Of the calls that name it; without weights what the settings say.
    void split(String name, Map<String, Integer> weights) {
        long version = VERSIONS.incrementAndGet();
        Mono<Void> published = weights.isEmpty()
                ? modelService.remove(SnapshotTopic.TRAFFIC_SPLITS, name, version)
                : modelService.publish(
                        SnapshotTopic.TRAFFIC_SPLITS, name, version, new TrafficSplit(name, weights, version));
        published.block(PATIENCE);
    }

    void removeBudget(String id) {
        billingService
                .remove(SnapshotTopic.BUDGETS, id, VERSIONS.incrementAndGet())
                .block(PATIENCE);
    }

    /// Publishes a price book beside the others; the models that an earlier one sells stay its own.
    void publishBeside(PriceBookSnapshot book) {
        billingService
                .publish(SnapshotTopic.PRICE_BOOKS, book.id(), VERSIONS.incrementAndGet(), book)
                .block(PATIENCE);
        Eventually.passes(PATIENCE, () -> {
            if (bean(SnapshotReader.class).tables().stream()
                    .filter(table -> table.topic().equals(SnapshotTopic.PRICE_BOOKS))
                    .noneMatch(table -> table.find(book.id()).isPresent())) {
                throw new AssertionError("price book not known yet");
            }
        });
    }

    private void publishCatalogue() {
        Eventually.passes(
                PATIENCE,
                () -> tenantService
                        .publish(SnapshotTopic.PLANS, "growth", 1, Offer.growth())
                        .block(Duration.ofSeconds(5)));
        Eventually.passes(
                PATIENCE,
                () -> billingService
                        .publish(SnapshotTopic.PRICE_BOOKS, "list", 1, Offer.priceBook())
                        .block(Duration.ofSeconds(5)));
        tenant();
        Eventually.passes(
                PATIENCE,
                () -> billingService.remove(SnapshotTopic.BUDGETS, "none", 1).block(Duration.ofSeconds(5)));
    }

    /// Replaces the prices, and waits until all of the book's chat models are offered.
    void publish(PriceBookSnapshot book) {
        billingService
                .publish(SnapshotTopic.PRICE_BOOKS, book.id(), VERSIONS.incrementAndGet(), book)
                .block(PATIENCE);
        Client client = client(tenant());
        Eventually.passes(PATIENCE, () -> {
            String offered = client.get("/v1/models").body();
            for (Model model : book.models()) {
                if (!offered.contains('"' + model.model() + '"')) {
                    throw new AssertionError(model.model() + " not offered yet: " + offered);
                }
            }
        });
    }

    @Override
    public void close() {
        simulator.close();
        stopService();
        for (AutoCloseable each : closing) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
