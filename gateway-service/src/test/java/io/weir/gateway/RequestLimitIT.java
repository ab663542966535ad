package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Limits of requests, as a client of one gateway sees them.
class RequestLimitIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String LIMITED = "x-ratelimit-limit-requests";

    private static Mesh mesh;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("weir.gateway.limits.answer-within", "5s")
                .started();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void beyondTheLimitACallIsRefusedAndToldWhenToComeBack() throws Exception {
        Account account = mesh.account("limited-corp");
        HttpResponse<String> first = limited(account, "0.02");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(number(first, LIMITED)).isEqualTo(1);
        assertThat(number(first, "x-ratelimit-remaining-requests")).isZero();
        assertThat(text(first, "x-ratelimit-reset-requests")).endsWith("s");
        assertThat(first.headers().firstValue("retry-after")).isEmpty();

        mesh.upstream.forget();
        HttpResponse<String> second = post(account);

        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.body())
                .contains("\"code\":\"rate_limit_exceeded\"", "\"type\":\"rate_limit_error\"", "\"param\":null")
                .contains("0.02 requests per second", "limits.requestsPerSecond", "request id");
        assertThat(text(second, "x-should-retry")).isEqualTo("true");
        assertThat(number(second, "retry-after")).isBetween(1L, 50L);
        assertThat(number(second, "retry-after-ms")).isBetween(1L, 50_000L);
        assertThat(number(second, LIMITED)).isEqualTo(1);
        assertThat(text(first, "x-weir-limit")).isEqualTo("tenant.requestsPerSecond");
        assertThat(text(second, "x-weir-limit")).isEqualTo("tenant.requestsPerSecond");
        assertThat(number(second, "x-ratelimit-remaining-requests")).isZero();
        assertThat(text(second, "x-ratelimit-reset-requests")).endsWith("s");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void whatCostsNothingIsNotCounted() throws Exception {
        Account account = mesh.account("reading-corp");
        limited(account, "0.02");
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> models = mesh.get("/v1/models", account.key());
            assertThat(models.statusCode()).isEqualTo(200);
            assertThat(models.headers().firstValue(LIMITED)).isEmpty();
        }
        assertThat(mesh.post("/api/billing/anything", account.key(), BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aLimitOfNothingLetsNothingThroughAndATakenOneEverything() throws Exception {
        Account account = mesh.account("closed-corp");
        HttpResponse<String> refused = limited(account, "0");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(text(refused, "retry-after")).isEqualTo("60");

        mesh.configure(account, TenantSettings.DEFAULTS);
        Eventually.passes(SOON, () -> {
            HttpResponse<String> free = post(account);
            assertThat(free.statusCode()).isEqualTo(200);
            assertThat(free.headers().firstValue(LIMITED)).isEmpty();
        });
    }

    @Test
    void aStreamHoldsItsSlotUntilItsClientLeaves() throws Exception {
        Account account = mesh.account("streaming-corp");
        limited(account, settings(new BigDecimal("1000"), null, 1));
        assertThat(post(account).statusCode()).as("the one before has ended").isEqualTo(200);
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
        HttpRequest stream = HttpRequest.newBuilder(mesh.uri("/v1/stream"))
                .header("authorization", "Bearer " + account.key())
                .POST(BodyPublishers.ofString("{}"))
                .build();
        try (InputStream running =
                mesh.client.send(stream, BodyHandlers.ofInputStream()).body()) {
            assertThat(running.read()).isEqualTo('d');
            HttpResponse<String> second = post(account);
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(second.body())
                    .contains("\"code\":\"rate_limit_exceeded\"", "running at the same time", "limits.maxConcurrency");
            assertThat(text(second, "x-should-retry")).isEqualTo("true");
            assertThat(text(second, "retry-after-ms")).isEqualTo("1000");
            assertThat(mesh.get("/v1/models", account.key()).statusCode()).isEqualTo(200);
        }
        Eventually.passes(SOON, () -> assertThat(post(account).statusCode()).isEqualTo(200));
    }

    @Test
    void aQuotaThatIsUsedUpIsNotTriedAgain() throws Exception {
        Account account = mesh.account("frugal-corp");
        HttpResponse<String> first = limited(account, settings(null, 2L, null));
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(number(first, LIMITED)).isEqualTo(2);
        assertThat(number(first, "x-ratelimit-remaining-requests")).isEqualTo(1);
        assertThat(post(account).statusCode()).isEqualTo(200);

        HttpResponse<String> refused = post(account);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body())
                .contains("\"code\":\"insufficient_quota\"", "\"type\":\"insufficient_quota\"")
                .contains("2 requests per month", "limits.callsPerMonth", "T00:00:00Z");
        assertThat(text(refused, "x-should-retry")).isEqualTo("false");
        assertThat(refused.headers().firstValue("retry-after")).isEmpty();
        assertThat(refused.headers().firstValue("retry-after-ms")).isEmpty();
        assertThat(number(refused, "x-ratelimit-remaining-requests")).isZero();
        assertThat(mesh.get("/v1/models", account.key()).statusCode()).isEqualTo(200);
    }

    @Test
    void aKeysOwnLimitHoldsForThatKeyAlone() throws Exception {
        Account account = mesh.account("keyed-corp");
        Account slow = mesh.keyOf(account.tenant(), account.slug(), Scope.FIRST_KEY);
        mesh.limit(slow, new KeySettings.Limits(new BigDecimal("0.02"), null));
        Eventually.value(
                SOON,
                () -> post(slow),
                answer -> answer.headers().firstValue(LIMITED).isPresent());

        HttpResponse<String> refused = post(slow);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("This API key may send 0.02 requests per second", "the key's setting");
        assertThat(text(refused, "x-weir-limit")).isEqualTo("key.requestsPerSecond");
        HttpResponse<String> other = post(account);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.headers().firstValue(LIMITED)).isEmpty();
    }

    @Test
    void anotherTenantIsNotHeldUp() throws Exception {
        Account busy = mesh.account("busy-corp");
        Account calm = mesh.account("calm-corp");
        limited(busy, "0.02");
        assertThat(post(busy).statusCode()).isEqualTo(429);
        assertThat(limited(calm, "0.02").statusCode()).isEqualTo(200);
    }

    // The first answer under the limit.
    private static HttpResponse<String> limited(Account account, String perSecond) throws Exception {
        return limited(account, settings(new BigDecimal(perSecond), null, null));
    }

    private static HttpResponse<String> limited(Account account, TenantSettings settings) throws Exception {
        mesh.configure(account, settings);
        return Eventually.value(
                SOON,
                () -> post(account),
                answer -> answer.headers().firstValue(LIMITED).isPresent());
    }

    private static TenantSettings settings(
            @Nullable BigDecimal perSecond, @Nullable Long perMonth, @Nullable Integer running) {
        TenantSettings.Limits limits = new TenantSettings.Limits(
                perSecond, null, null, null, perMonth, null, null, running, null, null, null, null);
        return new TenantSettings(TenantSettings.DEFAULTS.models(), null, List.of(), limits);
    }

    private static HttpResponse<String> post(Account account) {
        try {
            return mesh.post("/v1/chat/completions", account.key(), BodyPublishers.ofString("{}"));
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static String text(HttpResponse<?> answer, String header) {
        return answer.headers().firstValue(header).orElseThrow(() -> new AssertionError("no " + header));
    }

    private static long number(HttpResponse<?> answer, String header) {
        return Long.parseLong(text(answer, header));
    }
}
