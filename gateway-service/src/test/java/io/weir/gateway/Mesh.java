package io.weir.gateway;

import io.weir.kafka.KafkaProperties;
import io.weir.security.ApiKey;
import io.weir.security.KeyPairFiles;
import io.weir.security.PassportVerifier;
import io.weir.security.Pepper;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
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
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A gateway with real Kafka, one upstream for all services, and a tenant service's key to publish snapshots
/// with.
final class Mesh implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(10);

    static {
        EventLoops.guard();
    }

    private final AtomicLong version = new AtomicLong();
    final Path directory;
    final Path trusted;
    final KafkaProperties kafka;
    final Upstream upstream = new Upstream();
    final Pepper pepper;
    final SigningKey tenantKey;
    final SnapshotPublisher publisher;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Object> settings = new HashMap<>();
    private @Nullable ConfigurableApplicationContext gateway;

    private Mesh(String bootstrap) throws Exception {
        directory = Files.createTempDirectory("gateway-it-");
        trusted = Files.createDirectory(directory.resolve("trusted"));
        Path secret = Files.createDirectory(directory.resolve("secret"));
        Path pepperFile =
                Files.writeString(directory.resolve("pepper"), UUID.randomUUID().toString());
        Path gatewayKey = KeyPairFiles.generate("gateway", secret, trusted);
        tenantKey = SigningKey.load(KeyPairFiles.generate("tenant", secret, trusted));
        pepper = Pepper.load(pepperFile);
        kafka = new KafkaProperties(bootstrap, Infrastructure.freshName("gw") + ".", (short) 1, Map.of());
        createTopics();
        publisher = new SnapshotPublisher(kafka, tenantKey);
        settings.put("server.port", 0);
        settings.put("server.address", "127.0.0.1");
        settings.put("weir.kafka.bootstrap-servers", bootstrap);
        settings.put("weir.kafka.topic-prefix", kafka.topicPrefix());
        settings.put("weir.redis.url", "redis://127.0.0.1:1");
        settings.put("weir.security.signing-key", gatewayKey);
        settings.put("weir.security.trusted-keys", trusted);
        settings.put("weir.security.pepper", pepperFile);
        settings.put("weir.state-directory", directory.resolve("state"));
        settings.put("weir.tracing.sampling", 0);
        for (String service : List.of("tenant", "orchestration", "analytics", "billing")) {
            settings.put("weir.services." + service, upstream.url());
        }
    }

    static Mesh on(String bootstrap) throws Exception {
        return new Mesh(bootstrap);
    }

    Mesh with(String setting, Object value) {
        settings.put(setting, value);
        return this;
    }

    Mesh started() {
        started(new Class<?>[0]);
        return this;
    }

    Mesh started(Class<?>... further) {
        startNotWaiting(further);
        Eventually.passes(Duration.ofSeconds(30), () -> {
            if (get("/ready", null).statusCode() != 200) {
                throw new AssertionError("gateway not ready");
            }
        });
        return this;
    }

    // As arguments, above the application's own file.
    String[] arguments() {
        return settings.entrySet().stream()
                .map(one -> "--" + one.getKey() + "=" + one.getValue())
                .toArray(String[]::new);
    }

    void startNotWaiting(Class<?>... further) {
        String[] arguments = arguments();
        gateway = new SpringApplicationBuilder(GatewayApplication.class)
                .sources(further)
                .run(arguments);
    }

    void stopGateway() {
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }

    ConfigurableApplicationContext gateway() {
        if (gateway == null) {
            throw new IllegalStateException("the gateway does not run");
        }
        return gateway;
    }

    int port() {
        return Integer.parseInt(String.valueOf(gateway().getEnvironment().getProperty("local.server.port")));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    PassportVerifier verifier() {
        return new PassportVerifier(TrustedKeys.load(trusted, Clock.systemUTC()), Set.of("gateway"), Clock.systemUTC());
    }

    /// A tenant with a key, known to the gateway before this returns.
    Account account(String slug) throws Exception {
        return account(slug, null);
    }

    /// @param expiresAt far enough for this to return before
    Account account(String slug, @Nullable Instant expiresAt) throws Exception {
        TenantId id = new TenantId(UUID.randomUUID());
        publish(tenant(id, slug, TenantStatus.ACTIVE));
        Account account = new Account(id, slug, ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom()));
        publish(account.snapshot(pepper, ApiKeySnapshot.Status.ACTIVE, expiresAt, next()));
        Eventually.passes(Duration.ofSeconds(30), () -> {
            if (get("/v1/models", account.key()).statusCode() != 200) {
                throw new AssertionError("the gateway does not know the new key");
            }
        });
        upstream.forget();
        return account;
    }

    record Account(TenantId tenant, String slug, ApiKey apiKey) {

        String key() {
            return apiKey.reveal();
        }

        ApiKeySnapshot snapshot(
                Pepper pepper, ApiKeySnapshot.Status status, @Nullable Instant expiresAt, long version) {
            return new ApiKeySnapshot(
                    apiKey.id(), tenant, pepper.hash(apiKey), "key", Scope.FIRST_KEY, status, expiresAt, version);
        }
    }

    /// A tenant with a key of these scopes, published, and known to nobody yet.
    Account published(String slug, Set<Scope> scopes) {
        TenantId id = new TenantId(UUID.randomUUID());
        publish(tenant(id, slug, TenantStatus.ACTIVE));
        return keyOf(id, slug, scopes);
    }

    /// A further key of that tenant, published.
    Account keyOf(TenantId tenant, String slug, Set<Scope> scopes) {
        ApiKey key = ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom());
        publish(new ApiKeySnapshot(
                key.id(), tenant, pepper.hash(key), "key", scopes, ApiKeySnapshot.Status.ACTIVE, null, next()));
        return new Account(tenant, slug, key);
    }

    void revoke(Account account) {
        publish(account.snapshot(pepper, ApiKeySnapshot.Status.REVOKED, null, next()));
    }

    void expire(Account account, Instant at) {
        publish(account.snapshot(pepper, ApiKeySnapshot.Status.ACTIVE, at, next()));
    }

    void suspend(Account account) {
        publish(tenant(account.tenant(), account.slug(), TenantStatus.SUSPENDED));
    }

    /// The account's key may be used from these ranges alone; none: from anywhere.
    void bind(Account account, String... ranges) {
        ApiKeySnapshot key = account.snapshot(pepper, ApiKeySnapshot.Status.ACTIVE, null, next());
        publish(new ApiKeySnapshot(
                key.keyId(),
                key.tenantId(),
                key.hash(),
                key.name(),
                key.scopes(),
                key.status(),
                null,
                key.version(),
                null,
                List.of(ranges),
                null,
                null));
    }

    /// The account's key has limits of its own.
    void limit(Account account, KeySettings.Limits limits) {
        ApiKeySnapshot key = account.snapshot(pepper, ApiKeySnapshot.Status.ACTIVE, null, next());
        publish(new ApiKeySnapshot(
                key.keyId(),
                key.tenantId(),
                key.hash(),
                key.name(),
                key.scopes(),
                key.status(),
                null,
                key.version(),
                null,
                List.of(),
                new KeySettings(null, limits),
                null));
    }

    void configure(Account account, TenantSettings settings) {
        publish(tenant(account.tenant(), account.slug(), TenantStatus.ACTIVE).with(settings));
    }

    void publish(ApiKeySnapshot key) {
        publisher
                .publish(SnapshotTopic.API_KEYS, key.keyId(), key.version(), key)
                .block(LIMIT);
    }

    void publish(MemberSnapshot member) {
        publisher
                .publish(SnapshotTopic.MEMBERS, member.memberId(), member.version(), member)
                .block(LIMIT);
    }

    void publish(TenantSnapshot tenant) {
        publisher
                .publish(SnapshotTopic.TENANTS, tenant.tenantId().toString(), tenant.version(), tenant)
                .block(LIMIT);
    }

    void publishReservedTenant() {
        publish(tenant(TenantId.PLATFORM, "platform", TenantStatus.ACTIVE));
    }

    long next() {
        return version.incrementAndGet();
    }

    private TenantSnapshot tenant(TenantId id, String slug, TenantStatus status) {
        return new TenantSnapshot(
                id,
                new TenantSlug(slug),
                status,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                TenantSettings.DEFAULTS,
                next(),
                Instant.now());
    }

    HttpResponse<String> get(String path, @Nullable String key, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(LIMIT);
        if (key != null) {
            request.header("authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<String> post(String path, String key, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path))
                .timeout(LIMIT)
                .header("authorization", "Bearer " + key)
                .POST(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(kafka.topic("tenants.v1"), 1, (short) 1),
                            new NewTopic(kafka.topic("members.v1"), 1, (short) 1),
                            new NewTopic(kafka.topic("plans.v1"), 1, (short) 1),
                            new NewTopic(kafka.topic("api-keys.v1"), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    @Override
    public void close() {
        // First: a gateway that stops waits for the calls that are open.
        client.shutdownNow();
        stopGateway();
        publisher.close();
        upstream.close();
    }
}
