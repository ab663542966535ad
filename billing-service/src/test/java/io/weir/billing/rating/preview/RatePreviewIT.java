package io.weir.billing.rating.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.security.Scope;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatePreviewIT {

    private static final String PATH = "/api/billing/rate";

    @Test
    void aPriceIsPreviewedForThoseWhoMayAndRefusedWithItsField(@TempDir Path directory) throws Exception {
        try (Billing billing = Billing.start(directory)) {
            String body = """
                {"model": "graduated", "currency": "USD", "quantity": "20", "previouslyBilled": null,
                 "tiers": [{"upTo": "5", "unitPrice": "7", "flatFee": "0", "rate": null},
                           {"upTo": "10", "unitPrice": "6.50"}, {"upTo": null, "unitPrice": "6"}],
                 "minimum": null, "maximum": null, "discounts": []}\
                """;
            String holder = billing.passport(Snapshots.newTenant(), Scope.BILLING);
            Answer rated = billing.post(PATH, body, holder);
            assertThat(rated.status()).isEqualTo(200);
            assertThat(rated.text("amount")).isEqualTo("127.50");
            assertThat(rated.text("exact")).isEqualTo("127.5");
            assertThat(rated.json().path("lines")).hasSize(3);
            assertThat(rated.json().path("lines").get(2).path("tier").asInt()).isEqualTo(3);
            assertThat(rated.json().path("lines").get(2).path("quantity").asString())
                    .isEqualTo("10");

            Answer gap = billing.post(PATH, body.replace("{\"upTo\": null,", "{\"upTo\": \"11\","), holder);
            assertThat(gap.status()).isEqualTo(400);
            assertThat(gap.text("param")).isEqualTo("tiers[2].upTo");
            assertThat(gap.text("detail")).contains("gap");
            assertThat(billing.post(PATH, "", holder).status()).isEqualTo(400);
            String caller = billing.passport(Snapshots.newTenant(), Scope.INFERENCE);
            assertThat(billing.post(PATH, body, caller).status()).isEqualTo(403);
        }
    }
}
