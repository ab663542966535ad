package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.security.EnvelopeKeyset;
import io.weir.security.EnvelopeOpeningException;
import io.weir.security.ProviderKeyVault;
import io.weir.security.ProviderKeyVault.Place;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.tenancy.TenantId;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class ProviderKeysIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SECRET = "sk-proj-a1b2c3d4e5f6g7h8";
    private static final String OTHER_SECRET = "sk-proj-z9y8x7w6v5u4t3s2";

    private TenantPlatform platform;
    private SnapshotReader reader;
    private SnapshotTable<ProviderKeySnapshot> published;
    private ProviderKeyVault vault;
    private Path keyset;
    private int tenants;
    private String tenant;
    private Caller admin;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        keyset = directory.resolve("provider-keyset.json");
        Files.writeString(keyset, EnvelopeKeyset.create().json());
        vault = ProviderKeyVault.load(keyset);
        platform = TenantPlatform.startWith(
                Infrastructure.kafka(),
                Map.of("weir.security.provider-keyset", keyset, "weir.security.reload-every", "50ms"));
        reader = platform.reader();
        published = reader.table(SnapshotTopic.PROVIDER_KEYS);
        reader.start();
    }

    @AfterAll
    void stop() {
        reader.stop();
        platform.close();
    }

    @BeforeEach
    void aTenantOfItsOwn() throws Exception {
        tenant = platform.admin().provision("own-keys-" + ++tenants);
        admin = platform.of(tenant, Scope.TENANT_ADMIN);
    }

    private static String path(String tenant, String rest) {
        return "/api/tenants/" + tenant + "/provider-keys" + rest;
    }

    private static Answer put(Caller caller, String tenant, String provider, String body) throws Exception {
        return caller.call("PUT", path(tenant, "/" + provider), body);
    }

    private static String wish(String key, String more) {
        return "{\"apiKey\": \"" + key + "\"" + more + "}";
    }

    private Optional<ProviderKeySnapshot> snapshot(String of, String provider) {
        return published.find(ProviderKeySnapshot.key(TenantId.of(of), provider));
    }

    private ProviderKeySnapshot published(String of, String provider, String keyId) throws Exception {
        Eventually.passes(
                LIMIT,
                () -> assertThat(snapshot(of, provider).orElseThrow().keyId()).isEqualTo(keyId));
        return snapshot(of, provider).orElseThrow();
    }

    private static Place place(ProviderKeySnapshot of) {
        String url = of.baseUrl();
        return new Place(of.tenantId(), of.provider(), of.keyId(), url == null ? "" : url);
    }

    @Test
    void aKeyIsShownByItsLastFourAloneAndPublishedSealed() throws Exception {
        Answer set = put(
                admin,
                tenant,
                "openai",
                wish(SECRET, ", \"baseUrl\": \"https://eu.example.com/v1/\", \"fallback\": \"platform\""));
        assertThat(set.status()).isEqualTo(201);
        Answer listed = admin.get(path(tenant, ""));
        assertThat(listed.body().path("providerKeys")).hasSize(1);
        assertThat(listed.body().path("providerKeys").get(0)).isEqualTo(set.body());
        assertThat(set.text("lastFour")).isEqualTo("g7h8");
        assertThat(set.text("fingerprint")).hasSize(16);
        assertThat(set.text("baseUrl")).isEqualTo("https://eu.example.com/v1");
        assertThat(set.raw().body() + listed.raw().body()).doesNotContain("a1b2", "sealed");

        ProviderKeySnapshot sealed = published(tenant, "openai", set.text("keyId"));
        assertThat(sealed.fallback()).isEqualTo(Fallback.PLATFORM);
        assertThat(sealed.baseUrl()).isEqualTo("https://eu.example.com/v1");
        assertThat(vault.open(sealed.ciphertext(), place(sealed))).isEqualTo(SECRET);
    }

    @Test
    void anotherKeyReplacesItUnderAnIdOfItsOwn() throws Exception {
        Answer first = put(admin, tenant, "openai", wish(SECRET, ""));
        Answer again = put(admin, tenant, "openai", wish(SECRET, ""));
        Answer second = put(admin, tenant, "openai", wish(OTHER_SECRET, ""));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("fingerprint")).isEqualTo(first.text("fingerprint"));
        assertThat(second.text("fingerprint")).isNotEqualTo(first.text("fingerprint"));
        assertThat(again.text("keyId")).isNotEqualTo(first.text("keyId"));
        ProviderKeySnapshot sealed = published(tenant, "openai", second.text("keyId"));
        assertThat(sealed.version()).isEqualTo(3);
        assertThat(vault.open(sealed.ciphertext(), place(sealed))).isEqualTo(OTHER_SECRET);
    }

    @Test
    void aCiphertextOpensInNoOtherTenantsRowNorUnderAnotherAddress() throws Exception {
        String other = platform.admin().provision("own-keys-of-b-" + tenants);
        Answer ofA = put(admin, tenant, "openai", wish(SECRET, ""));
        Answer ofB = put(platform.of(other, Scope.TENANT_ADMIN), other, "openai", wish(OTHER_SECRET, ""));
        published(tenant, "openai", ofA.text("keyId"));
        published(other, "openai", ofB.text("keyId"));
        // Whoever can write to the database moves A's ciphertext into B's row, and B's key to an address of their own.
        sql("UPDATE provider_key b SET sealed = a.sealed, version = 7 FROM provider_key a WHERE b.tenant_id = '" + other
                + "' AND a.tenant_id = '" + tenant + "'");
        sql("UPDATE provider_key SET base_url = 'https://collector.example.com', version = 7 WHERE tenant_id = '"
                + tenant + "'");
        assertThat(platform.admin()
                        .post("/api/tenants/republish?topic=provider-keys.v1", "{}")
                        .status())
                .isEqualTo(202);
        for (String moved : new String[] {tenant, other}) {
            Eventually.passes(
                    LIMIT,
                    () -> assertThat(snapshot(moved, "openai").orElseThrow().version())
                            .isEqualTo(7));
            ProviderKeySnapshot taken = snapshot(moved, "openai").orElseThrow();
            assertThatThrownBy(() -> vault.open(taken.ciphertext(), place(taken)))
                    .isInstanceOf(EnvelopeOpeningException.class);
        }
    }

    @Test
    void aDeletedKeyLeavesTheTopicAndTheDatabase() throws Exception {
        Answer set = put(admin, tenant, "gemini", wish(SECRET, ""));
        published(tenant, "gemini", set.text("keyId"));
        assertThat(admin.call("DELETE", path(tenant, "/gemini"), null).status()).isEqualTo(204);
        assertThat(admin.call("DELETE", path(tenant, "/gemini"), null).status()).isEqualTo(204);
        Eventually.passes(LIMIT, () -> assertThat(snapshot(tenant, "gemini")).isEmpty());
        assertThat(admin.get(path(tenant, "")).body().path("providerKeys")).isEmpty();
        assertThat(one("SELECT coalesce(sealed, '') || last_four || fingerprint FROM provider_key WHERE tenant_id = '"
                        + tenant + "'"))
                .isEmpty();
        Answer back = put(admin, tenant, "gemini", wish(OTHER_SECRET, ""));
        assertThat(back.status()).isEqualTo(201);
        assertThat(published(tenant, "gemini", back.text("keyId")).version()).isEqualTo(3);
    }

    @Test
    void nobodyElseSeesOrSetsThem() throws Exception {
        String other = platform.admin().provision("own-keys-x-" + tenants);
        Caller foreign = platform.of(other, Scope.TENANT_ADMIN);
        assertThat(foreign.get(path(tenant, "")).status()).isEqualTo(403);
        assertThat(put(foreign, tenant, "openai", wish(SECRET, "")).status()).isEqualTo(403);
        assertThat(foreign.call("DELETE", path(tenant, "/openai"), null).status())
                .isEqualTo(403);
        Caller developer = platform.of(tenant, Scope.INFERENCE, Scope.ANALYTICS, Scope.BILLING);
        assertThat(developer.get(path(tenant, "")).status()).isEqualTo(403);
        assertThat(admin.call("DELETE", path(tenant, "/openai"), null).status()).isEqualTo(404);
        String nobody = "0198f3a2-7c11-7a40-9b1e-5d2f8c6a1eff";
        assertThat(put(platform.admin(), nobody, "openai", wish(SECRET, "")).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "apiKey | openai | {}",
                "apiKey | openai | {\"apiKey\": \"short\"}",
                "apiKey | openai | {\"apiKey\": 17}",
                "apiKey | openai | {\"apiKey\": \"sk-proj-with space-123\"}",
                "apiKey | openai | {\"apiKey\": \"sk-proj-with\\r\\nx: 1-123\"}",
                "apiKey | openai | {\"apiKey\": \"sk-proj-mit-\u00fcmlaut-123\"}",
                "baseUrl | openai | {\"apiKey\": \"SECRET\", \"baseUrl\": \"http://169.254.169.254/latest\"}",
                "baseUrl | openai | {\"apiKey\": \"SECRET\", \"baseUrl\": \"https://localhost\"}",
                "baseUrl | openai | {\"apiKey\": \"SECRET\", \"baseUrl\": \"https://u:p@api.example.com\"}",
                "fallback | openai | {\"apiKey\": \"SECRET\", \"fallback\": \"yes\"}",
                "key | openai | {\"apiKey\": \"SECRET\", \"key\": \"x\"}",
                "provider | acme | {\"apiKey\": \"SECRET\"}",
                "body | openai | {\"apiKey\": \"SECRET\"",
            })
    void aWrongWishNamesItsFieldAndRepeatsNoSecret(String param, String provider, String body) throws Exception {
        Answer refused = put(admin, tenant, provider, body.replace("SECRET", SECRET));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo(param);
        assertThat(refused.raw().body()).doesNotContain(SECRET, "short", "umlaut", "169.254", "u:p");
    }

    @Test
    void everyChangeIsInTheAuditLogWithoutTheKey() throws Exception {
        put(admin, tenant, "openai", wish(SECRET, ""));
        put(admin, tenant, "openai", wish(OTHER_SECRET, ""));
        admin.call("DELETE", path(tenant, "/openai"), null);
        Eventually.passes(LIMIT, () -> {
            String log = admin.get("/api/tenants/" + tenant + "/audit").raw().body();
            assertThat(log)
                    .contains(
                            "provider-key.set", "provider-key.replaced", "provider-key.deleted", "provider-key:openai")
                    .doesNotContain("a1b2", "z9y8");
        });
    }

    @Test
    void afterARotationOfTheMasterKeyOldKeysOpenAndNewOnesAreSealedUnderIt() throws Exception {
        Answer before = put(admin, tenant, "openai", wish(SECRET, ""));
        EnvelopeKeyset rotated =
                EnvelopeKeyset.parse(Files.readString(keyset)).withNewKey().withNewestPrimary();
        Files.writeString(keyset, rotated.json());
        vault.refresh();
        ProviderKeySnapshot old = published(tenant, "openai", before.text("keyId"));
        assertThat(vault.open(old.ciphertext(), place(old))).isEqualTo(SECRET);
        String first = rotated.keys().getFirst().id();
        Path without = keyset.resolveSibling("without-the-old.json");
        Files.writeString(without, rotated.without(first).json());
        ProviderKeyVault newer = ProviderKeyVault.load(without);
        assertThatThrownBy(() -> newer.open(old.ciphertext(), place(old))).isInstanceOf(EnvelopeOpeningException.class);
        Eventually.passes(LIMIT, () -> {
            Answer after = put(admin, tenant, "openai", wish(OTHER_SECRET, ""));
            ProviderKeySnapshot fresh = published(tenant, "openai", after.text("keyId"));
            assertThat(newer.open(fresh.ciphertext(), place(fresh))).isEqualTo(OTHER_SECRET);
        });
    }

    @Test
    void theEndOfATenantIsTheEndOfItsKeys() throws Exception {
        Answer set = put(admin, tenant, "anthropic", wish(SECRET, ""));
        published(tenant, "anthropic", set.text("keyId"));
        String body = "{\"graceDays\": 0, \"confirm\": \"own-keys-" + tenants + "\"}";
        assertThat(platform.admin()
                        .post("/api/tenants/" + tenant + "/offboard", body)
                        .status())
                .isEqualTo(202);
        Eventually.passes(Duration.ofSeconds(60), () -> {
            assertThat(snapshot(tenant, "anthropic")).isEmpty();
            assertThat(one("SELECT count(*) FROM provider_key WHERE tenant_id = '" + tenant + "'"))
                    .isEqualTo("0");
        });
        assertThat(put(platform.admin(), tenant, "anthropic", wish(SECRET, "")).status())
                .isEqualTo(409);
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement change = connection.createStatement()) {
            assertThat(change.executeUpdate(statement)).isEqualTo(1);
        }
    }

    private String one(String query) throws Exception {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
