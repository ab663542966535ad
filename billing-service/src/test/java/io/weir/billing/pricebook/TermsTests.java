package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermsTests {

    private static final PriceBookSnapshot LIST = parse("""
            {"id": "list", "source": "s", "observedAt": "2026-01-01", "models": [
              {"provider": "openai", "model": "m", "mode": "chat", "contextWindow": 10, "maxOutputTokens": 5,
               "released": "2026-01-01", "source": "s", "prices": [
                 {"effectiveFrom": "2026-01-01T00:00:00Z", "perMillion": {"text_in": "0.000001", "text_out": "3"}}]},
              {"provider": "openai", "model": "other", "mode": "chat", "contextWindow": 10, "maxOutputTokens": 5,
               "released": "2026-01-01", "source": "s", "prices": [
                 {"effectiveFrom": "2026-01-01T00:00:00Z", "perMillion": {"text_in": "1", "text_out": "2"}}]}]}
            """).own();

    @Test
    void aDiscountHoldsInItsTimeAndIsRoundedOnceToTwelveDecimals() {
        PriceBookSnapshot book = parse(own("\"discounts\": [{\"model\": \"m\", \"percent\": \"33.3\","
                        + " \"effectiveFrom\": \"2026-03-01T00:00:00Z\","
                        + " \"effectiveTo\": \"2026-05-01T00:00:00Z\"}]"))
                .book(LIST);
        // 3 less 33.3 % is 2.001; 0.000000000001 less a third is 0.000000000000667, which rounds up to itself.
        assertThat(rules(book, "text_out"))
                .containsExactlyInAnyOrder(
                        "openai/m/text_out@2026-01-01 0.000003 to 2026-03-01T00:00:00Z",
                        "acme:openai/m/text_out@2026-03-01 0.000002001 to 2026-05-01T00:00:00Z",
                        "openai/m/text_out@2026-05-01 0.000003 to null",
                        "openai/other/text_out@2026-01-01 0.000002 to null");
        assertThat(rules(book, "text_in"))
                .contains("acme:openai/m/text_in@2026-03-01 0.000000000001 to 2026-05-01T00:00:00Z");
        assertThat(book.tenantId()).isNotNull();
        assertThat(book.models()).hasSize(2);
    }

    @Test
    void discountsFollowEachOtherAndTheFirstThatFitsCounts() {
        PriceBookSnapshot book = parse(
                        own("\"discounts\": [{\"model\": \"m\", \"meter\": \"text_out\", \"percent\": \"10\","
                                + " \"effectiveFrom\": \"2026-01-01T00:00:00Z\","
                                + " \"effectiveTo\": \"2026-02-01T00:00:00Z\"},"
                                + " {\"percent\": \"50\", \"effectiveFrom\": \"2026-01-01T00:00:00Z\"}]"))
                .book(LIST);
        assertThat(rules(book, "text_out"))
                .containsExactlyInAnyOrder(
                        "acme:openai/m/text_out@2026-01-01 0.0000027 to 2026-02-01T00:00:00Z",
                        "acme:openai/m/text_out@2026-02-01 0.0000015 to null",
                        "acme:openai/other/text_out@2026-01-01 0.000001 to null");
    }

    @Test
    void ownPricesStandInPlaceOfTheParents() {
        String model = "{\"provider\": \"openai\", \"model\": \"m\", \"mode\": \"chat\", \"contextWindow\": 10,"
                + " \"maxOutputTokens\": 5, \"released\": \"2026-01-01\", \"source\": \"contract\", \"prices\":"
                + " [{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"perMillion\": {\"text_in\": \"7\","
                + " \"text_out\": \"8\"}}]}";
        PriceBookSnapshot book = parse(own("\"models\": [" + model + "]")).book(LIST);
        assertThat(rules(book, "text_out"))
                .containsExactlyInAnyOrder(
                        "openai/m/text_out@2026-01-01 0.000008 to null",
                        "openai/other/text_out@2026-01-01 0.000002 to null");
    }

    @Test
    void termsThatCannotHoldAreRefusedWithTheirPlace() {
        assertThatThrownBy(() -> parse(own("\"discounts\": [{\"percent\": \"101\", \"meter\": \"x\"}]")))
                .hasMessageContaining("discounts[0].percent: '101' (expected: above 0, up to 100)")
                .hasMessageContaining("discounts[0].meter: 'x'")
                .hasMessageContaining("discounts[0].effectiveFrom: 'null'");
        assertThatThrownBy(() -> parse("{\"id\": \"a\", \"source\": \"s\", \"observedAt\": \"2026-01-01\","
                        + " \"parent\": \"list\", \"models\": []}"))
                .hasMessageContaining("only a tenant's book has a parent");
        assertThatThrownBy(() -> parse(
                        own("\"discounts\": [{\"percent\": \"1\", \"effectiveFrom\":" + " \"2026-01-01T00:00:00Z\"}]")
                                .replace("\"parent\": \"list\", ", "")))
                .hasMessageContaining("nothing to take them from");
    }

    private static List<String> rules(PriceBookSnapshot book, String meter) {
        return book.rules().stream()
                .filter(rule -> rule.meter().wireName().equals(meter))
                .map((Rule rule) -> rule.id() + " " + rule.rate() + " to " + rule.effectiveTo())
                .toList();
    }

    private static String own(String rest) {
        return "{\"id\": \"acme\", \"source\": \"contract\", \"observedAt\": \"2026-01-01\", \"parent\": \"list\", "
                + "\"tenant\": \"0198c0de-0000-7000-8000-00000000000a\", " + rest + "}";
    }

    private static Terms parse(String json) {
        return PriceBookReader.parse("test", json.getBytes(StandardCharsets.UTF_8));
    }
}
