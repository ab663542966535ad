package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// One call, followed from the edge to the invoice.
@Tag("e2e")
class TraceIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void oneCallHasOneTraceAndOneTenantEverywhereAndEndsOnAnInvoiceLine() {
        Platform.Tenant tenant = Platform.provision("traced", "growth", "");
        Http.Answer answer = Platform.chat(tenant, "Follow me.");
        assertThat(answer.status()).as(answer.shown()).isEqualTo(200);
        String requestId = answer.header("x-request-id");

        String traceId = Eventually.value(LIMIT, () -> traceOf("gateway", requestId), found -> !found.isEmpty());
        for (String service : List.of("gateway", "orchestration", "analytics")) {
            Eventually.passes(LIMIT, () -> assertSpans(service, traceId, tenant.id()));
            Eventually.passes(LIMIT, () -> assertLogged(service, traceId, tenant.id(), requestId));
        }
        assertInvoiced(tenant, requestId);
    }

    private static String traceOf(String service, String requestId) {
        return Platform.log(service).stream()
                .filter(line -> line.contains(requestId) && Http.isJson(line))
                .map(line -> Http.JSON.readTree(line).path("traceId").asString(""))
                .filter(trace -> !trace.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static void assertSpans(String service, String traceId, String tenantId) {
        List<OtlpSink.Span> spans = Platform.spans().ofTrace(traceId).stream()
                .filter(span -> span.service().contains(service))
                .toList();
        assertThat(spans).as("spans of " + service + " in trace " + traceId).isNotEmpty();
        assertThat(spans).extracting(OtlpSink.Span::tenant).as(spans.toString()).contains(tenantId);
        assertThat(spans)
                .extracting(OtlpSink.Span::tenant)
                .containsAnyOf(tenantId)
                .isSubsetOf(tenantId, "");
    }

    private static void assertLogged(String service, String traceId, String tenantId, String requestId) {
        List<JsonNode> lines = Platform.log(service).stream()
                .filter(line -> line.contains(traceId) && Http.isJson(line))
                .map(Http.JSON::readTree)
                .toList();
        assertThat(lines).as("log lines of " + service + " in trace " + traceId).isNotEmpty();
        assertThat(lines).anySatisfy(line -> {
            assertThat(line.path("traceId").asString("")).isEqualTo(traceId);
            assertThat(line.path("tenantId").asString("")).isEqualTo(tenantId);
            assertThat(line.path("requestId").asString("")).isEqualTo(requestId);
        });
    }

    private static void assertInvoiced(Platform.Tenant tenant, String requestId) {
        JsonNode request = Eventually.value(
                        LIMIT,
                        () -> Http.get(Platform.gateway() + "/api/analytics/requests/" + requestId, tenant.apiKey()),
                        found -> found.status() == 200)
                .json();
        assertThat(request.toString()).contains("gpt-4o-mini");
        String hour = Instant.now().truncatedTo(ChronoUnit.HOURS).toString();
        JsonNode sealed = Invoices.seal(tenant, hour);
        JsonNode invoice = Invoices.draft(tenant);
        JsonNode line = Invoices.modelUsage(invoice);
        assertThat(line.path("sealedHours").toString())
                .contains(hour)
                .contains(sealed.path("hash").asString());
    }
}
