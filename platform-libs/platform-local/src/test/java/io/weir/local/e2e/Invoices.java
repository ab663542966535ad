package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import tools.jackson.databind.JsonNode;

/// Seals hours and draws up invoices, as an operator does.
final class Invoices {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Invoices() {}

    static JsonNode seal(Platform.Tenant tenant, String hour) {
        Http.Answer sealed = Http.post(
                Platform.gateway() + "/api/analytics/seal",
                Platform.adminKey(),
                "{\"tenantId\":\"" + tenant.id() + "\",\"hour\":\"" + hour + "\"}");
        assertThat(sealed.status()).as(sealed.shown()).isEqualTo(200);
        return sealed.json();
    }

    /// A draft that holds model usage; billing learns of sealed hours a moment after they are published.
    static JsonNode draft(Platform.Tenant tenant) {
        String body = "{\"tenantId\":\"" + tenant.id() + "\",\"period\":\"" + YearMonth.now(ZoneOffset.UTC) + "\"}";
        Http.Answer draft = Eventually.value(
                LIMIT,
                () -> Http.post(Platform.gateway() + "/api/billing/invoices", Platform.adminKey(), body),
                answer -> answer.status() < 300 && hasModelUsage(answer.json()));
        return draft.json();
    }

    static JsonNode modelUsage(JsonNode invoice) {
        for (JsonNode line : invoice.path("lines")) {
            if (line.path("kind").asString("").equals("model_usage")) {
                return line;
            }
        }
        throw new AssertionError("no model usage on " + invoice);
    }

    private static boolean hasModelUsage(JsonNode invoice) {
        for (JsonNode line : invoice.path("lines")) {
            if (line.path("kind").asString("").equals("model_usage")) {
                return true;
            }
        }
        return false;
    }
}
