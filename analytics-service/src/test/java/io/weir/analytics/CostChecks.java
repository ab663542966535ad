package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageRecord;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Writes what the stream counts, and compares what readers added up with ClickHouse.
record CostChecks(RunningAnalytics analytics, LedgerEvents ledger) {

    static final Duration LIMIT = Duration.ofSeconds(60);

    /// Of ten requests nine are settled and one is released; every seventh is settled once
    /// more, which for one in seventy is a settlement after its release.
    void write(TenantId tenant, TenantId other, int requests) {
        List<UsageRecord> records = new ArrayList<>();
        Instant time = Instant.now();
        for (int i = 0; i < requests; i++) {
            String id = tenant + "/" + UUID.randomUUID();
            records.add(LedgerEvents.held(tenant, id, time));
            UsageRecord settled = LedgerEvents.settled(tenant, id, time);
            records.add(i % 10 == 9 ? LedgerEvents.released(tenant, id, time) : settled);
            if (i % 7 == 3) {
                records.add(settled);
            }
        }
        records.add(LedgerEvents.settled(other, "filler-" + UUID.randomUUID(), time));
        try {
            for (int from = 0; from < records.size(); from += 50) {
                ledger.send(records.subList(from, Math.min(records.size(), from + 50)));
            }
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    CostSocket resumeFromZero(TenantId tenant) throws Exception {
        return CostSocket.resumeFrom(analytics, analytics.port(), tenant, 0);
    }

    HttpRequest.Builder request(TenantId tenant, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + analytics.port() + path))
                .header(Passport.HEADER, analytics.passport(tenant, Scope.ANALYTICS));
    }

    HttpResponse<String> refusal(TenantId tenant, String query) throws Exception {
        return HttpClient.newHttpClient()
                .send(request(tenant, "/ws/costs" + query).build(), HttpResponse.BodyHandlers.ofString());
    }

    static Map<String, Long> numbers(CostSocket socket) {
        Map<String, Long> numbers = new HashMap<>();
        socket.frames().stream()
                .filter(frame -> frame.has("request_id"))
                .forEach(frame -> assertThat(numbers.put(
                                frame.path("request_id").asString(),
                                frame.path("seq").asLong()))
                        .isNull());
        return numbers;
    }

    long rows(TenantId tenant) {
        return analytics.number("SELECT count() AS n FROM usage_outcomes FINAL WHERE tenant_id = '" + tenant + "'");
    }

    void assertAgree(TenantId tenant, long seq, List<CostSocket> sockets) {
        String where = " FROM usage_requests FINAL WHERE tenant_id = '" + tenant + "'";
        for (CostSocket socket : sockets) {
            assertThat(socket.fault()).isEmpty();
            assertThat(socket.seq()).isEqualTo(seq);
        }
        // Ingestion may be behind the stream.
        CostSocket any = sockets.getFirst();
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number(
                                "SELECT max(seq) AS n FROM usage_outcomes WHERE tenant_id = '" + tenant + "'"))
                        .isEqualTo(seq));
        Eventually.passes(
                LIMIT,
                () -> assertThat(analytics.number("SELECT count() AS n" + where))
                        .isEqualTo(any.requests()));
        BigDecimal cost = new BigDecimal(
                analytics.texts("SELECT toString(sum(cost)) AS s" + where).getFirst());
        BigDecimal savings = new BigDecimal(
                analytics.texts("SELECT toString(sum(savings)) AS s" + where).getFirst());
        for (CostSocket socket : sockets) {
            assertThat(socket.requests()).isEqualTo(any.requests());
            assertThat(socket.cost()).isEqualByComparingTo(cost);
            assertThat(socket.savings()).isEqualByComparingTo(savings);
        }
    }
}
