package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// What the providers served is what ClickHouse holds is what is invoiced, per tenant, to the last token.
@Tag("e2e")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ReconciliationIT {

    private static final int CALLS = 2000;
    private static final int CLIENTS = 8;

    // One of each provider; that of Gemini reasons.
    private static final List<String> MODELS = List.of("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro");

    @Test
    void twoThousandCallsFromEightClientsAgreeEverywhere()
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Platform.Tenant> tenants = List.of(
                Platform.provision("sums-a", "growth", ",\"maxMonthlySpend\":500"),
                Platform.provision("sums-b", "enterprise", ""),
                Platform.provision("sums-c", "starter", ",\"maxMonthlySpend\":50.5"));
        Instant began = Instant.now();
        callAll(tenants);
        System.out.printf(
                "%d calls by %d clients in %d ms%n",
                CALLS, CLIENTS, Duration.between(began, Instant.now()).toMillis());

        Map<String, Total> provider = new HashMap<>();
        Eventually.passes(Duration.ofSeconds(30), () -> {
            provider.clear();
            provider.putAll(providerTotals(tenants));
            assertThat(provider.values().stream().mapToLong(Total::requests).sum())
                    .isEqualTo(CALLS);
        });
        for (Platform.Tenant tenant : tenants) {
            Total held = clickhouseTotal(tenant);
            assertThat(held).as(tenant.slug()).isEqualTo(provider.get(tenant.id()));
            assertInvoiced(tenant, began);
            System.out.println(tenant.slug() + ": " + held);
        }
    }

    private record Total(long requests, long textIn, long textOut) {
        Total plus(Total other) {
            return new Total(requests + other.requests, textIn + other.textIn, textOut + other.textOut);
        }
    }

    private static void callAll(List<Platform.Tenant> tenants)
            throws InterruptedException, ExecutionException, TimeoutException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                running.add(clients.submit(() -> callUntilDone(tenants, next)));
            }
            for (Future<?> one : running) {
                one.get(10, TimeUnit.MINUTES);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static void callUntilDone(List<Platform.Tenant> tenants, AtomicInteger next) {
        for (int n = next.getAndIncrement(); n < CALLS; n = next.getAndIncrement()) {
            Platform.Tenant tenant = tenants.get(n % tenants.size());
            boolean stream = n % 5 == 0;
            Http.Answer answer = inItsTime(
                    tenant,
                    Platform.chatBody(
                            MODELS.get(n / 5 % MODELS.size()), "Call number " + n + ", please answer.", stream));
            assertThat(answer.status()).as(answer.shown()).isEqualTo(200);
            if (stream) {
                assertThat(answer.body()).endsWith("data: [DONE]\n\n");
            }
        }
    }

    // A plan's rate holds for these tenants, too: who waits as it is told is served.
    private static Http.Answer inItsTime(Platform.Tenant tenant, String body) {
        String address = Platform.gateway() + "/v1/chat/completions";
        Http.Answer answer = Http.post(address, tenant.apiKey(), body);
        while (answer.status() == 429 && answer.body().contains("rate_limit_exceeded")) {
            long wait = Long.parseLong(answer.header("retry-after-ms"));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(wait));
            answer = Http.post(address, tenant.apiKey(), body);
        }
        return answer;
    }

    // A provider knows no tenants; ClickHouse says whose each of its request ids is.
    private static Map<String, Total> providerTotals(List<Platform.Tenant> tenants) {
        JsonNode served =
                Http.get(Platform.simulator() + "/_ledger", null).json().path("by_request");
        Map<String, Total> totals = new HashMap<>();
        for (Platform.Tenant tenant : tenants) {
            for (JsonNode row : Platform.clickhouse("SELECT DISTINCT providerRequestId FROM usage_attempts"
                    + " WHERE providerRequestId IS NOT NULL AND tenant_id = '" + tenant.id() + "'")) {
                JsonNode request = served.path(row.path(0).asString());
                assertThat(request.isMissingNode())
                        .as("unknown to the provider: " + row)
                        .isFalse();
                totals.merge(
                        tenant.id(),
                        new Total(
                                1,
                                request.path("text_in").asLong(),
                                request.path("text_out").asLong()),
                        Total::plus);
            }
        }
        return totals;
    }

    private static Total clickhouseTotal(Platform.Tenant tenant) {
        JsonNode row = Platform.clickhouse("SELECT count(), sum(buckets['text_in']),"
                        + " sum(buckets['text_out'] + buckets['reasoning_out']) FROM usage_attempts FINAL"
                        + " WHERE tenant_id = '"
                        + tenant.id() + "'")
                .path(0);
        return new Total(
                Long.parseLong(row.path(0).asString()),
                Long.parseLong(row.path(1).asString()),
                Long.parseLong(row.path(2).asString()));
    }

    private static void assertInvoiced(Platform.Tenant tenant, Instant began) {
        BigDecimal exact = new BigDecimal(Platform.clickhouse(
                        "SELECT toString(sum(cost)) FROM usage_attempts FINAL WHERE tenant_id = '" + tenant.id() + "'")
                .path(0)
                .path(0)
                .asString());
        Instant hour = began.truncatedTo(ChronoUnit.HOURS);
        while (!hour.isAfter(Instant.now())) {
            Invoices.seal(tenant, hour.toString());
            hour = hour.plus(1, ChronoUnit.HOURS);
        }
        Eventually.passes(Duration.ofSeconds(20), () -> {
            JsonNode invoice = Invoices.draft(tenant);
            assertThat(new BigDecimal(invoice.path("exactModelCost").asString()))
                    .as(invoice.toString())
                    .isEqualByComparingTo(exact);
        });
        System.out.println(tenant.slug() + ": exact model cost " + exact + " = invoice before rounding");
    }
}
