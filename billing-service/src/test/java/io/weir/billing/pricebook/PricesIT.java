package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PricesIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = "/api/billing/prices";
    // Two prices of one meter follow each other, one is announced, one is over.
    private static final String BOOK = """
            {"id": "list", "source": "a test", "observedAt": "2026-09-12", "models": [
              {"provider": "openai", "model": "m", "mode": "chat", "contextWindow": 1000, "maxOutputTokens": 100,
               "released": "2026-01-01", "source": "s", "prices": [
                 {"effectiveFrom": "2026-01-01T00:00:00Z", "effectiveTo": "2026-06-01T00:00:00Z",
                  "perMillion": {"text_in": "4"}},
                 {"effectiveFrom": "2026-06-01T00:00:00Z", "effectiveTo": "2027-01-01T00:00:00Z",
                  "perMillion": {"text_in": "2.5"}},
                 {"effectiveFrom": "2027-01-01T00:00:00Z", "perMillion": {"text_in": "2"}},
                 {"effectiveFrom": "2026-01-01T00:00:00Z", "perMillion": {"text_out": "10"},
                  "perUnit": {"search_call": "0.01"}}]},
              {"provider": "anthropic", "model": "c", "mode": "chat", "contextWindow": 1000, "maxOutputTokens": 100,
               "released": "2026-01-01", "source": "s", "prices": [
                 {"effectiveFrom": "2026-01-01T00:00:00Z", "perMillion": {"text_in": "1000000", "text_out": "0.000001"}}]}]}
            """;

    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        Path book = Files.writeString(directory.resolve("book.json"), BOOK);
        billing = Billing.start(directory, "--weir.billing.price-book=file:" + book);
        Eventually.passes(
                WAIT, () -> assertThat(billing.get(PATH, caller()).status()).isEqualTo(200));
        Eventually.passes(
                WAIT, () -> assertThat(billing.priceBooks().find("list")).isPresent());
        // Not before: the reader of topics counts its pauses by this clock.
        billing.clock.set("2026-11-22T12:00:00Z");
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    private String caller() {
        return billing.passport(Snapshots.newTenant(), Scope.INFERENCE);
    }

    @Test
    void theBookIsShownAsItWasPublishedWithWhatIsInForceAndWhatIsAnnounced() {
        JsonNode shown = billing.get(PATH, caller()).json();
        PriceBookSnapshot published = billing.priceBooks().find("list").orElseThrow();
        assertThat(shown.path("bookId").asString()).isEqualTo("list");
        assertThat(shown.path("source").asString()).isEqualTo("a test");
        assertThat(shown.path("observedAt").asString()).isEqualTo("2026-09-12");
        assertThat(shown.path("version").asLong()).isEqualTo(published.version());
        assertThat(shown.path("currency").asString()).isEqualTo("USD");
        JsonNode model = shown.path("prices").path(0);
        assertThat(model.path("provider").asString()).isEqualTo("openai");
        assertThat(model.path("mode").asString()).isEqualTo("chat");
        assertThat(model.path("contextWindow").asLong()).isEqualTo(1000);
        assertThat(model.path("maxOutputTokens").asLong()).isEqualTo(100);
        assertThat(rates(model)).containsExactlyInAnyOrder("0.0000025", "0.000002", "0.00001", "0.01");
        JsonNode input = model.path("rules").path(0);
        assertThat(input)
                .hasToString("{\"id\":\"openai/m/text_in@2026-06-01\",\"meter\":\"text_in\",\"unit\":\"token\","
                        + "\"rate\":\"0.0000025\",\"perMillion\":\"2.5\",\"serviceTier\":\"standard\",\"contextOver\":0,"
                        + "\"effectiveFrom\":\"2026-06-01T00:00:00Z\",\"effectiveTo\":\"2027-01-01T00:00:00Z\"}");
        assertThat(rule(model, "search_call").path("unit").asString()).isEqualTo("search_call");
        assertThat(rule(model, "search_call").path("perMillion").asString()).isEqualTo("10000");
        assertThat(rule(model, "text_out").path("effectiveTo").isNull()).isTrue();
        JsonNode dear = shown.path("prices").path(1);
        assertThat(rule(dear, "text_in").path("rate").asString()).isEqualTo("1");
        assertThat(rule(dear, "text_in").path("perMillion").asString()).isEqualTo("1000000");
        assertThat(rule(dear, "text_out").path("rate").asString()).isEqualTo("0.000000000001");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-05-31T23:59:59Z, 0.000004",
        "2026-06-01T00:00:00Z, 0.0000025",
        "2026-12-31T23:59:59.999Z, 0.0000025",
        "2027-01-01T00:00:00Z, 0.000002",
    })
    void atAnInstantThereIsTheOnePriceOfThatInstant(String at, String rate) {
        JsonNode shown = billing.get(PATH + "?provider=openai&model=m&meter=text_in&at=" + at, caller())
                .json();
        assertThat(shown.path("prices").size()).isEqualTo(1);
        assertThat(rates(shown.path("prices").path(0))).containsExactly(rate);
    }

    @Test
    void beforeAllPricesThereIsNone() {
        assertThat(billing.get(PATH + "?at=2020-01-01T00:00:00Z", caller())
                        .json()
                        .path("prices")
                        .size())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider|?provider=google|anthropic, openai",
                "provider|?provider=|anthropic, openai",
                "model|?model=x|Leave model out",
                "model|?provider=anthropic&model=m|Leave model out",
                "meter|?meter=tokens|text_in",
                "at|?at=now|2026-11-22T12:00:00Z",
                "at|?at=2026-11-22|2026-11-22T12:00:00Z",
            })
    void whatNamesNothingIs400WithWhatItMayName(String param, String query, String hint) {
        Answer refused = billing.get(PATH + query, caller());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("param")).isEqualTo(param);
        assertThat(refused.text("detail")).contains(hint);
    }

    @Test
    void whoHasTheTagGetsNoBodyAndATagHoldsForItsOwnQueryOnly() {
        Answer whole = billing.get(PATH, caller());
        String tag = whole.response().headers().firstValue("etag").orElseThrow();
        assertThat(tag).matches("\"" + whole.json().path("version").asLong() + "-[0-9a-f]{16}\"");
        assertThat(whole.response().headers().firstValue("cache-control")).hasValue("no-cache, private");
        Answer same = withTag(PATH, tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.response().body()).isEmpty();
        assertThat(same.response().headers().firstValue("etag")).hasValue(tag);
        assertThat(withTag(PATH + "?provider=openai", tag).status()).isEqualTo(200);
        assertThat(withTag(PATH, "\"1-0000000000000000\"").status()).isEqualTo(200);
    }

    @Test
    void inferenceBillingAndOperatorsMayReadAndOthersMayNot() {
        for (Scope scope : List.of(Scope.INFERENCE, Scope.BILLING, Scope.PLATFORM_ADMIN)) {
            assertThat(billing.get(PATH, billing.passport(Snapshots.newTenant(), scope))
                            .status())
                    .as(scope.wireName())
                    .isEqualTo(200);
        }
        Answer refused = billing.get(PATH, billing.passport(Snapshots.newTenant(), Scope.ANALYTICS));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("code")).isEqualTo("permission_denied");
    }

    private Answer withTag(String path, String tag) {
        return billing.send(billing.request(path, caller())
                .header("if-none-match", tag)
                .GET()
                .build());
    }

    private static List<String> rates(JsonNode model) {
        return model.path("rules")
                .valueStream()
                .map(rule -> rule.path("rate").asString())
                .toList();
    }

    private static JsonNode rule(JsonNode model, String meter) {
        return model.path("rules")
                .valueStream()
                .filter(rule -> rule.path("meter").asString().equals(meter))
                .findFirst()
                .orElseThrow();
    }
}
