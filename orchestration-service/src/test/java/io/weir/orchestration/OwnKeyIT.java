package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.KeySource;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.KeyedProvider.Reply;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnKeyIT {

    private static final String PLATFORM = "sk-platform-0123456789";
    private static final String OWN = "sk-own-abcdefghijklmnop";
    private static final String OTHER = "sk-other-qrstuvwxyz0123";

    private final KeyedProvider provider = new KeyedProvider();
    private final KeyedProvider elsewhere = new KeyedProvider();
    private final Mesh mesh = Mesh.start(
            "weir.providers.openai.base-url=" + provider.baseUrl(),
            "weir.providers.openai.api-key=" + PLATFORM,
            "weir.upstream.backoff=1ms",
            "weir.upstream.attempts=2",
            "weir.upstream.open-for=10m");

    @BeforeAll
    void sellEmbeddings() {
        mesh.publishBeside(EmbeddingsIT.book());
    }

    @AfterEach
    void forget() {
        provider.forget();
        elsewhere.forget();
    }

    @AfterAll
    void stop() {
        mesh.close();
        provider.close();
        elsewhere.close();
    }

    private TenantSnapshot tenant(String key, Fallback fallback) {
        TenantSnapshot tenant = mesh.tenant();
        mesh.keys().set(tenant, "openai", key, null, fallback);
        return tenant;
    }

    private Answer hello(TenantSnapshot tenant) {
        return mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
    }

    private static void assertRefusedKey(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(424);
        assertThat(answer.error().path("code").asString()).isEqualTo("provider_key_refused");
        assertThat(answer.error().path("message").asString()).contains("openai", "tenant's own key");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void aCallGoesOutWithTheTenantsOwnKeyAndCostsNothingHere() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        Answer answer = hello(tenant);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("x-cost-usd")).isEqualTo("0");
        assertThat(answer.header("x-route-reason")).isEqualTo("explicit; own key");
        assertThat(provider.keys()).containsExactly(OWN);
        List<OfRequest> events = mesh.ledger().await(tenant.tenantId(), 2);
        Held held = (Held) events.getFirst();
        assertThat(held.ceiling()).isEqualTo(Amount.ZERO);
        assertThat(held.debits()).isNull();
        Settled settled = (Settled) events.getLast();
        Attempt attempt = settled.attempts().getFirst();
        assertThat(attempt.keySource()).isEqualTo(KeySource.TENANT);
        assertThat(attempt.provider()).isEqualTo("openai");
        assertThat(attempt.buckets().output()).isEqualTo(2);
        assertThat(attempt.priceBookId()).isNull();
        assertThat(attempt.unpriced()).isNull();
        assertThat(settled.cost()).isEqualTo(Amount.ZERO);
        assertThat(settled.baselineCost()).isEqualTo(Amount.ZERO);
        assertThat(settled.savings()).isEmpty();
        assertThat(settled.billable()).isTrue();
    }

    @Test
    void streamsAndEmbeddingsGoOutWithItToo() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        assertThat(mesh.client(tenant).lines(Client.streaming(""))).contains("data: [DONE]");
        Answer vectors = mesh.client(tenant).embed("{\"model\":\"text-embedding-3-small\",\"input\":\"a b\"}");
        assertThat(vectors.status()).as(vectors.toString()).isEqualTo(200);
        assertThat(provider.keys()).containsExactly(OWN, OWN);
        assertThat(mesh.ledger().await(tenant.tenantId(), 4))
                .filteredOn(Settled.class::isInstance)
                .allSatisfy(event -> assertThat(((Settled) event).cost()).isEqualTo(Amount.ZERO));
    }

    @Test
    void tenantsWithoutAKeyGoOutWithThePlatformsAtItsPrices() {
        tenant(OWN, Fallback.NONE);
        TenantSnapshot other = mesh.tenant();
        assertThat(hello(other).status()).isEqualTo(200);
        assertThat(provider.keys()).containsExactly(PLATFORM);
        Settled settled = mesh.ledger().settled(other.tenantId());
        assertThat(settled.cost()).isGreaterThan(Amount.ZERO);
        assertThat(settled.attempts().getFirst().keySource()).isNull();
    }

    @Test
    void aUsedUpBudgetDoesNotStandAgainstItButAgainstTheFallback() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.000001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.000001");
        assertThat(hello(tenant).status()).isEqualTo(429);
        mesh.keys().set(tenant, "openai", OWN, null, Fallback.PLATFORM);
        assertThat(hello(tenant).status()).isEqualTo(200);
        provider.answers(OWN, Reply.of(401, "Incorrect API key provided"));
        Answer unaffordable = hello(tenant);
        assertThat(unaffordable.status()).as(unaffordable.toString()).isEqualTo(429);
        assertThat(unaffordable.error().path("code").asString()).isEqualTo("budget_exceeded");
        assertThat(provider.keys()).containsOnly(OWN);
    }

    @Test
    void aRefusedKeyIsNamedAsTheTenantsAndNoOtherIsTried() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        provider.answers(OWN, Reply.of(401, "Incorrect API key provided: " + OWN + "."));
        // More than open its circuit: what the client is told stays the same.
        for (int i = 0; i < 15; i++) {
            Answer answer = hello(tenant);
            assertRefusedKey(answer);
            assertThat(answer.response().body())
                    .contains("Incorrect API key provided: [key]")
                    .doesNotContain(OWN);
        }
        assertThat(provider.keys()).containsOnly(OWN).hasSize(10);
        // Nobody else meets that circuit: neither those on the platform's account, nor another tenant's key.
        assertThat(hello(mesh.tenant()).status()).isEqualTo(200);
        assertThat(hello(tenant(OTHER, Fallback.NONE)).status()).isEqualTo(200);
        // Nor does the tenant's next key.
        mesh.keys().set(tenant, "openai", OTHER, null, Fallback.NONE);
        assertThat(hello(tenant).status()).isEqualTo(200);
    }

    @Test
    void aKeyThatIsRefusedOrLimitedFallsBackToThePlatformWhereTheTenantAllowsIt() {
        for (int status : new int[] {401, 402, 403, 429}) {
            provider.forget();
            TenantSnapshot tenant = tenant(OWN, Fallback.PLATFORM);
            provider.answers(OWN, Reply.of(status, "No."));
            Answer answer = hello(tenant);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.header("x-route-reason"))
                    .isEqualTo("explicit; fallback to openai after openai (own key) failed");
            Settled settled = mesh.ledger().settled(tenant.tenantId());
            Attempt last = settled.attempts().getLast();
            assertThat(settled.attempts().getFirst().keySource()).isEqualTo(KeySource.TENANT);
            assertThat(last.keySource()).isNull();
            assertThat(settled.cost()).isEqualTo(last.cost()).isGreaterThan(Amount.ZERO);
            assertThat(provider.keys().getLast()).isEqualTo(PLATFORM);
        }
    }

    @Test
    void aFallbackToThePlatformIsHeldAndDebited() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("1"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "1");
        mesh.keys().set(tenant, "openai", OWN, null, Fallback.PLATFORM);
        provider.answers(OWN, Reply.of(403, "No."));
        assertThat(hello(tenant).status()).isEqualTo(200);
        List<OfRequest> events = mesh.ledger().await(tenant.tenantId(), 3);
        Held first = (Held) events.getFirst();
        Held second = (Held) events.get(1);
        assertThat(first.ceiling()).isEqualTo(Amount.ZERO);
        assertThat(second.ceiling()).isGreaterThan(Amount.ZERO);
        assertThat(second.debits()).isNotEmpty();
        assertThat(events.getLast()).isInstanceOf(Settled.class);
    }

    @Test
    void aDeletedKeyIsNotSentAgainNotEvenByACallThatRuns() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        provider.answers(OWN, new Reply(503, "{}", Map.of(), () -> mesh.keys().delete(tenant, "openai")));
        Answer answer = hello(tenant);
        assertRefusedKey(answer);
        assertThat(answer.error().path("message").asString()).contains("deleted or changed");
        assertThat(provider.keys()).containsExactly(OWN);
        assertThat(hello(tenant).status()).isEqualTo(200);
        assertThat(provider.keys().getLast()).isEqualTo(PLATFORM);
    }

    @Test
    void aCallThatRunsGoesOnWithTheKeyThatReplacedItsOwn() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        provider.answers(
                OWN,
                new Reply(503, "{}", Map.of(), () -> mesh.keys().set(tenant, "openai", OTHER, null, Fallback.NONE)));
        assertThat(hello(tenant).status()).isEqualTo(200);
        assertThat(provider.keys()).containsExactly(OWN, OTHER);
    }

    @Test
    void aKeyThatIsSentElsewhereMeanwhileIsNotSentToTheFormerAddress() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        provider.answers(
                OWN,
                new Reply(
                        503,
                        "{}",
                        Map.of(),
                        () -> mesh.keys().set(tenant, "openai", OTHER, elsewhere.baseUrl(), Fallback.NONE)));
        assertRefusedKey(hello(tenant));
        assertThat(provider.keys()).containsExactly(OWN);
        assertThat(hello(tenant).status()).isEqualTo(200);
        assertThat(elsewhere.keys()).containsExactly(OTHER);
    }

    @Test
    void anAddressOfTheTenantsOwnGetsItsKeyAndNothingElseDoes() {
        TenantSnapshot tenant = mesh.tenant();
        mesh.keys().set(tenant, "openai", OWN, elsewhere.baseUrl(), Fallback.NONE);
        assertThat(hello(tenant).status()).isEqualTo(200);
        assertThat(elsewhere.keys()).containsExactly(OWN);
        assertThat(provider.seen()).isEmpty();
    }

    @Test
    void redirectsAreNotFollowed() {
        TenantSnapshot tenant = mesh.tenant();
        mesh.keys().set(tenant, "openai", OWN, elsewhere.baseUrl(), Fallback.NONE);
        elsewhere.answers(
                OWN, new Reply(307, "", Map.of("location", provider.baseUrl() + "/chat/completions"), () -> {}));
        Answer answer = hello(tenant);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(502);
        assertThat(provider.seen()).isEmpty();
    }

    @Test
    void aCiphertextOfAnotherTenantOpensForNobodyElse() {
        TenantSnapshot victim = mesh.tenant();
        ProviderKeySnapshot stolen = mesh.keys().set(victim, "openai", OWN, null, Fallback.NONE);
        TenantSnapshot thief = mesh.tenant();
        mesh.keys()
                .publish(new ProviderKeySnapshot(
                        thief.tenantId(), "openai", stolen.keyId(), stolen.sealed(), null, Fallback.NONE, 1));
        Answer answer = hello(thief);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.error().path("message").asString()).contains("own key for openai cannot be used");
        // Nor does the tenant's own for another provider, or at another address.
        mesh.keys()
                .publish(new ProviderKeySnapshot(
                        victim.tenantId(),
                        "openai",
                        stolen.keyId(),
                        stolen.sealed(),
                        elsewhere.baseUrl(),
                        Fallback.NONE,
                        2));
        mesh.keys().set(victim, "openai", OTHER, null, Fallback.NONE);
        mesh.keys()
                .publish(new ProviderKeySnapshot(
                        victim.tenantId(), "openai", "moved", stolen.sealed(), elsewhere.baseUrl(), Fallback.NONE, 3));
        assertThat(hello(victim).status()).isEqualTo(503);
        assertThat(provider.seen()).isEmpty();
        assertThat(elsewhere.seen()).isEmpty();
    }

    private Client admin(TenantSnapshot tenant) {
        return mesh.client(tenant, Scope.TENANT_ADMIN);
    }

    private static JsonNode verified(Client client) {
        HttpResponse<String> answer = client.post("/api/orchestration/provider-keys/openai/verify", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void whatTheProviderMakesOfAKeyIsTold() {
        TenantSnapshot tenant = tenant(OWN, Fallback.PLATFORM);
        JsonNode good = verified(admin(tenant));
        assertThat(good.path("accepted").asBoolean()).isTrue();
        assertThat(good.path("model").asString()).isEqualTo(Mesh.MODEL);
        provider.answers(OWN, Reply.of(401, "Incorrect API key provided: " + OWN + "."));
        JsonNode refused = verified(admin(tenant));
        assertThat(refused.path("accepted").asBoolean()).isFalse();
        assertThat(refused.path("status").asInt()).isEqualTo(401);
        assertThat(refused.path("code").asString()).isEqualTo("provider_key_refused");
        assertThat(refused.path("message").asString())
                .contains("Incorrect API key provided: [key].")
                .doesNotContain(OWN);
        // Never with the platform's key, whatever the fallback, and into no book.
        assertThat(provider.keys()).containsExactly(OWN, OWN);
        assertThat(mesh.ledger().of(tenant.tenantId())).isEmpty();
    }

    @Test
    void aKeyWhoseAddressIsNotThereSaysSo() throws Exception {
        TenantSnapshot tenant = mesh.tenant();
        mesh.keys().set(tenant, "openai", OWN, "http://127.0.0.1:" + mesh.freePort() + "/v1", Fallback.NONE);
        JsonNode verdict = verified(admin(tenant));
        assertThat(verdict.path("code").asString()).isEqualTo("upstream_unavailable");
        assertThat(verdict.path("message").asString()).contains("base URL of this tenant's own key");
    }

    @Test
    void onlyAnAdministratorTriesAKeyAndOnlyTheOwnTenants() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        String path = "/api/orchestration/provider-keys/openai/verify";
        assertThat(mesh.client(tenant).post(path, "").statusCode()).isEqualTo(403);
        assertThat(admin(mesh.tenant()).post(path, "").statusCode()).isEqualTo(404);
        assertThat(admin(tenant).post(path.replace("openai", "nobody"), "").statusCode())
                .isEqualTo(404);
        assertThat(mesh.client().post(path, "").statusCode()).isEqualTo(401);
        assertThat(provider.seen()).isEmpty();
    }

    @Test
    void noTenantSharesItsPartOfTheSharedAccountsPromptCache() {
        String prompt = "word ".repeat(300);
        List<String> keys = new ArrayList<>();
        List<TenantSnapshot> tenants = List.of(mesh.tenant(), mesh.tenant());
        for (TenantSnapshot tenant : tenants) {
            for (String named : new String[] {"", "\"prompt_cache_key\":\"house\","}) {
                String body = "{\"model\":\"" + Mesh.MODEL + "\"," + named
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
                assertThat(mesh.client(tenant).chat(body).status()).isEqualTo(200);
                String sent = provider.seen().getLast().body();
                keys.add(JsonMapper.shared()
                        .readTree(sent)
                        .path("prompt_cache_key")
                        .asString());
                assertThat(sent).doesNotContain(tenant.tenantId().toString(), "house");
            }
        }
        assertThat(keys).doesNotHaveDuplicates().allMatch(key -> key.matches("[0-9a-f]{32}"));
        // The same again for the same tenant, or nothing would ever be found there.
        hello(tenants.getFirst(), prompt);
        assertThat(provider.seen().getLast().body()).contains(keys.getFirst());
        // On a tenant's own account nobody else's prompts are.
        hello(tenant(OWN, Fallback.NONE), prompt);
        assertThat(provider.seen().getLast().body()).doesNotContain("prompt_cache_key");
    }

    private void hello(TenantSnapshot tenant, String prompt) {
        assertThat(mesh.client(tenant)
                        .chat(Client.hello(Mesh.MODEL).replace("Hello there", prompt))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void noKeyIsToBeFoundWhereItHasNothingToDo() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger ours = (Logger) LoggerFactory.getLogger("io.weir");
        Logger netty = (Logger) LoggerFactory.getLogger("reactor.netty");
        logged.start();
        root.addAppender(logged);
        ours.setLevel(Level.TRACE);
        netty.setLevel(Level.DEBUG);
        StringBuilder told = new StringBuilder();
        try {
            for (int status : new int[] {200, 400, 401, 403, 404, 429, 500}) {
                TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
                provider.forget();
                if (status != 200) {
                    provider.answers(OWN, Reply.of(status, "You sent Bearer " + OWN));
                }
                Client client = mesh.client(tenant);
                told.append(client.chatTraced(Client.hello(Mesh.MODEL), "4bf92f3577b34da6a3ce929d0e0e4736")
                        .response());
                told.append(hello(tenant).response().body());
                told.append(client.lines(Client.streaming("")));
                told.append(client.embed("{\"model\":\"text-embedding-3-small\",\"input\":\"a\"}")
                        .response()
                        .body());
                told.append(verified(admin(tenant)));
                assertThat(provider.keys()).containsOnly(OWN);
            }
        } finally {
            root.detachAppender(logged);
            ours.setLevel(null);
            netty.setLevel(null);
        }
        assertThat(logged.list).isNotEmpty();
        for (ILoggingEvent event : List.copyOf(logged.list)) {
            told.append(event.getFormattedMessage()).append(event.getKeyValuePairs());
            if (event.getThrowableProxy() != null) {
                told.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        mesh.bean(MeterRegistry.class).getMeters().forEach(meter -> told.append(meter.getId()));
        for (String topic : List.of("usage.v1", "provider-keys.v1", "audit.v1")) {
            mesh.topics().records(topic).forEach(value -> told.append(text(value)));
        }
        try (Stream<Path> files = Files.walk(mesh.state())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                told.append(text(Files.readAllBytes(file)));
            }
        }
        String secret = Base64.getEncoder().encodeToString(OWN.getBytes(StandardCharsets.UTF_8));
        assertThat(told).contains("[key]").doesNotContain(OWN, OWN.substring(3), secret.substring(0, 20));
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRecordThatTenantServiceDidNotSignIsNotUsed() {
        TenantSnapshot tenant = tenant(OWN, Fallback.NONE);
        mesh.keys()
                .forge(new ProviderKeySnapshot(
                        tenant.tenantId(), "openai", "forged", "AAAA", elsewhere.baseUrl(), Fallback.NONE, 9));
        assertThat(hello(tenant).status()).isEqualTo(200);
        assertThat(provider.keys()).containsExactly(OWN);
        assertThat(elsewhere.seen()).isEmpty();
    }
}
