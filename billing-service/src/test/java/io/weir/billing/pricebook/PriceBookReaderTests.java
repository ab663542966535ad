package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

class PriceBookReaderTests {

    private static final PriceBookSnapshot BOOK = PriceBookReader.read(new ClassPathResource("price-books/list.json"));
    private static final PriceList PRICES = new PriceList(BOOK);

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini, 2026-11-22T12:00:00Z, 1000000, 0, 0, 0.15",
        "gpt-4o-mini, 2026-11-22T12:00:00Z, 0, 1000000, 0, 0.075",
        "gpt-4o-mini, 2026-11-22T12:00:00Z, 0, 0, 1000000, 0.6",
        "gpt-4o, 2026-11-22T12:00:00Z, 1000000, 1000000, 1000000, 13.75",
        "gpt-5.2, 2026-11-22T12:00:00Z, 1000000, 1000000, 1000000, 15.925",
        "gpt-5.6-sol, 2026-09-11T23:59:59.999Z, 1000, 0, 1000, 0.035",
        "gpt-5.6-sol, 2026-09-12T00:00:00Z, 1000, 0, 1000, 0.024",
        "gpt-5.6-luna, 2026-11-22T12:00:00Z, 272000, 0, 0, 0.0544",
        "gpt-5.6-luna, 2026-11-22T12:00:00Z, 272001, 0, 0, 0.1088004",
        "claude-sonnet-4-5, 2026-11-22T12:00:00Z, 200000, 1, 1000, 1.2225006",
        "gemini-2.5-pro, 2026-11-22T12:00:00Z, 200000, 0, 1000, 0.26",
        "text-embedding-3-small, 2026-11-22T12:00:00Z, 1000000, 0, 0, 0.02",
    })
    void theBookInTheRepositoryHasTheListedPrices(
            String model, Instant at, long in, long cached, long out, String expected) {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, in, Meter.TEXT_IN_CACHED, cached, Meter.TEXT_OUT, out));
        Priced priced = PRICES.price(PRICES.model(model).orElseThrow(), used, at);
        assertThat(priced)
                .asInstanceOf(type(Priced.Complete.class))
                .extracting(Priced.Complete::cost)
                .isEqualTo(Amount.of(expected));
    }

    @Test
    void gpt4oMiniHasItsWindowAndOutputLimit() {
        PriceBookSnapshot.Model mini = PRICES.model("gpt-4o-mini").orElseThrow();
        assertThat(mini.provider()).isEqualTo("openai");
        assertThat(mini.contextWindow()).isEqualTo(128_000);
        assertThat(mini.maxOutputTokens()).isEqualTo(16_384);
        assertThat(mini.mode()).isEqualTo("chat");
    }

    @Test
    void noTwoRulesShareAnIdAndEveryModelOfTheThreeProvidersCanBeSoldNow() {
        assertThat(new HashSet<>(
                        BOOK.rules().stream().map(PriceBookSnapshot.Rule::id).toList()))
                .hasSameSizeAs(BOOK.rules());
        assertThat(BOOK.models())
                .extracting(PriceBookSnapshot.Model::provider)
                .containsOnly("openai", "anthropic", "gemini");
        Instant now = Instant.parse("2026-11-22T12:00:00Z");
        assertThat(BOOK.models())
                .allSatisfy(model -> assertThat(PRICES.ceiling(model, 1, Math.min(1, model.maxOutputTokens()), now))
                        .isPresent());
    }

    @Test
    void aNegativePriceIsRefusedWithItsPlace() {
        assertRefused(price("\"perMillion\": {\"text_in\": \"-1\", \"text_out\": \"1\"}"))
                .anySatisfy(fault -> assertThat(fault)
                        .startsWith("models[0] (openai/m).prices[0].perMillion.text_in: ")
                        .contains("expected: >= 0"));
    }

    @Test
    void aRateOfMoreThanTwelveDecimalsIsRefusedRatherThanRounded() {
        assertRefused(price("\"perMillion\": {\"text_in\": \"0.0000001\", \"text_out\": \"1\"}"))
                .anySatisfy(fault ->
                        assertThat(fault).contains("perMillion.text_in").contains("12 after the point"));
        assertRefused(price("\"perUnit\": {\"text_in\": \"0.0000000000001\", \"text_out\": \"1\"}"))
                .anySatisfy(
                        fault -> assertThat(fault).contains("perUnit.text_in").contains("12 after the point"));
    }

    @Test
    void anUnknownMeterAndAPriceThatIsANumberAreBothToldAtOnce() {
        assertRefused(price("\"perMillion\": {\"txt_in\": \"1\", \"text_out\": 0.6}"))
                .anySatisfy(fault -> assertThat(fault).contains("perMillion.txt_in: meter: 'txt_in'"))
                .anySatisfy(
                        fault -> assertThat(fault).contains("perMillion.text_out: 0.6 (expected: a decimal string)"))
                .anySatisfy(fault -> assertThat(fault).contains("no standard price for text_in"))
                .anySatisfy(fault -> assertThat(fault).contains("no standard price for text_out"));
    }

    @Test
    void pricesThatAreInForceAtTheSameTimeAreRefused() {
        String both = "\"perMillion\": {\"text_in\": \"1\", \"text_out\": \"1\"}";
        String early = "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"effectiveTo\": \"2026-06-01T00:00:00Z\", "
                + both + "}";
        String overlapping = "{\"effectiveFrom\": \"2026-05-31T23:59:59Z\", " + both + "}";
        String adjacent = "{\"effectiveFrom\": \"2026-06-01T00:00:00Z\", " + both + "}";
        assertRefused(book(early + ", " + overlapping))
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault).contains("expected: one rule at a time"));
        assertRefused(book(adjacent + ", " + adjacent)).isNotEmpty();
        assertThat(read(book(early + ", " + adjacent)).rules()).hasSize(4);
    }

    @Test
    void aModelWithABatchPriceOnlyCannotBeSoldAndIsRefused() {
        assertRefused(price("\"serviceTier\": \"batch\", \"perMillion\": {\"text_in\": \"1\", \"text_out\": \"1\"}"))
                .containsExactlyInAnyOrder(
                        "openai/m: no standard price for text_in (expected: one without contextOver and hours)",
                        "openai/m: no standard price for text_out (expected: one without contextOver and hours)");
    }

    @Test
    void datesModesTiersAndLimitsAreChecked() {
        String prices =
                "{\"effectiveFrom\": \"2026-01-01\", \"serviceTier\": \"cheap\", \"perMillion\": {\"text_in\": \"1\"}}";
        assertRefused(book(prices).replace("\"chat\"", "\"talk\"").replace("128000", "0"))
                .anySatisfy(
                        fault -> assertThat(fault).contains("effectiveFrom: '2026-01-01' (expected: an ISO instant)"))
                .anySatisfy(fault -> assertThat(fault).contains("serviceTier: 'cheap'"))
                .anySatisfy(fault -> assertThat(fault).contains("mode: 'talk'"))
                .anySatisfy(fault -> assertThat(fault).contains("contextWindow: 0 (expected: > 0)"));
    }

    @Test
    void aModelThatIsNamedTwiceIsRefused() {
        String one = book(
                "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"perMillion\": {\"text_in\": \"1\", \"text_out\": \"1\"}}");
        int start = one.indexOf("{\"provider\"");
        String model = one.substring(start, one.lastIndexOf(']'));
        assertRefused(one.substring(0, start) + model + ", " + model + "]}")
                .anySatisfy(fault -> assertThat(fault).contains("named twice"));
    }

    @Test
    void aMisspeltFieldOrBrokenJsonIsRefusedWithItsLine() {
        assertRefused(book("{\"effectiveFrm\": \"2026-01-01T00:00:00Z\"}"))
                .singleElement()
                .asString()
                .contains("effectiveFrm")
                .contains("line");
        assertRefused("{\"id\": ").singleElement().asString().contains("line 1");
        assertRefused("{}").contains("id: missing (expected: a text)", "models: none (expected: at least one)");
    }

    @Test
    void aFailedStartSaysWhatIsWrongAndWhatToDo() {
        InvalidPriceBookException failure = new InvalidPriceBookException("list.json", List.of("models: none"));
        FailureAnalysis analysis = new InvalidPriceBookAnalyzer().analyze(failure, failure);
        assertThat(analysis.getDescription()).contains("list.json").contains("models: none");
        assertThat(analysis.getAction()).contains("weir.billing.price-book");
    }

    private static final String BOTH = "\"perMillion\": {\"text_in\": \"1\", \"text_out\": \"2\"}";

    private static String hours(String from, String to, String more) {
        return "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"hours\": {\"from\": \"" + from + "\", \"to\": \"" + to
                + "\"" + more + "}, " + BOTH + "}";
    }

    @Test
    void pricesOfHoursOfTheDayStandBesideThoseOfTheWholeDay() {
        String allDay = "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", " + BOTH + "}";
        PriceBookSnapshot read = read(book(allDay + ", " + hours("16:30", "00:30", "")));
        assertThat(read.rules())
                .extracting(PriceBookSnapshot.Rule::id)
                .contains("openai/m/text_in@2026-01-01", "openai/m/text_in/16:30-00:30@2026-01-01");
        assertThat(read.rules().getLast().hours())
                .isEqualTo(new DailyHours(LocalTime.of(16, 30), LocalTime.of(0, 30), ZoneOffset.UTC));

        assertRefused(book(hours("16:30", "00:30", "")))
                .anySatisfy(fault -> assertThat(fault).contains("no standard price for text_in"));
        assertRefused(book(allDay + ", " + hours("16:30", "00:30", "") + ", " + hours("00:00", "01:00", "")))
                .anySatisfy(fault -> assertThat(fault).contains("expected: one rule at a time"));
        assertThat(read(book(allDay + ", " + hours("16:30", "00:30", "") + ", " + hours("00:30", "01:00", "")))
                        .rules())
                .hasSize(6);
        assertRefused(book(allDay + ", " + hours("16:30", "16:30", ", \"zone\": \"UTC\"")))
                .containsExactly("models[0] (openai/m).prices[1].hours.to: 16:30 (expected: another time than from)");
        assertRefused(book(allDay + ", " + hours("25:00", "4 pm", ", \"zone\": \"Mars\"")))
                .satisfiesExactly(
                        fault -> assertThat(fault).contains("prices[1].hours.from: '25:00'"),
                        fault -> assertThat(fault).contains("prices[1].hours.to: '4 pm'"),
                        fault -> assertThat(fault).contains("prices[1].hours.zone: 'Mars'"));
    }

    @Test
    void aFamilyPricesItsModelsWhereTheyHaveNoPriceOfTheirOwn() {
        String families = ", \"families\": [{\"provider\": \"openai\", \"models\": \"%s\", \"prices\": [{"
                + "\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"perMillion\": {\"text_in\": \"%s\", \"audio_in\": \"3\"}}]}]}";
        String one = book("{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", " + BOTH + "}");
        String models = one.substring(0, one.length() - 1);
        assertThat(read(models + families.formatted("m*", "7")).rules())
                .extracting(PriceBookSnapshot.Rule::id, rule -> rule.rate().toPlainString())
                .containsExactly(
                        tuple("openai/m/text_in@2026-01-01", "0.000001"),
                        tuple("openai/m/text_out@2026-01-01", "0.000002"),
                        tuple("openai/m/audio_in@2026-01-01", "0.000003"));
        assertRefused(models + families.formatted("n*", "7"))
                .containsExactly("families[0].models: 'n*' (expected: names of models of the file)");
        assertRefused(models + families.formatted("*", "-7"))
                .singleElement()
                .asString()
                .startsWith("families[0].prices[0].perMillion.text_in: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'\"hours\": {\"from\": \"22:00\", \"to\": \"06:00\"}'",
                "'\"contextOver\": 200000'",
            })
    void aFamilysPriceForCertainHoursOrLongPromptsLeavesAModelsOwnAsItIs(String only) {
        PriceBookSnapshot read = read(family(
                "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", " + BOTH + "}",
                "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", " + only
                        + ", \"perMillion\": {\"text_in\": \"100\", \"audio_in\": \"3\"}}"));
        assertThat(read.rules())
                .extracting(PriceBookSnapshot.Rule::meter, rule -> rule.rate().toPlainString())
                .containsExactly(
                        tuple(Meter.TEXT_IN, "0.000001"),
                        tuple(Meter.TEXT_OUT, "0.000002"),
                        tuple(Meter.AUDIO_IN, "0.000003"));
    }

    @Test
    void aModelsOwnPriceForCertainHoursStandsBeforeItsFamilysForTheWholeDay() {
        String night =
                "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"hours\": {\"from\": \"22:00\", \"to\": \"06:00\"}, "
                        + BOTH + "}";
        assertThat(read(family(
                                night,
                                "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"perMillion\": {\"text_in\": \"7\", \"text_out\": \"8\"}}"))
                        .rules())
                .extracting(PriceBookSnapshot.Rule::id)
                .containsExactly(
                        "openai/m/text_in/22:00-06:00@2026-01-01",
                        "openai/m/text_out/22:00-06:00@2026-01-01",
                        "openai/m/text_in@2026-01-01",
                        "openai/m/text_out@2026-01-01");
    }

    @Test
    void aFamilyPricesTheTimeBeforeAndAfterAModelsOwnPrices() {
        String own = "{\"effectiveFrom\": \"2026-02-01T00:00:00Z\", \"effectiveTo\": \"2026-03-01T00:00:00Z\", " + BOTH
                + "}, {\"effectiveFrom\": \"2026-03-01T00:00:00Z\", \"effectiveTo\": \"2026-04-01T00:00:00Z\", " + BOTH
                + "}";
        String family = "{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", \"perMillion\": {\"text_in\": \"7\"}}";
        assertThat(read(family(own, family)).rules().stream().filter(rule -> rule.meter() == Meter.TEXT_IN))
                .extracting(PriceBookSnapshot.Rule::id, rule -> rule.rate().toPlainString(), rule -> rule.effectiveTo())
                .containsExactly(
                        tuple("openai/m/text_in@2026-02-01", "0.000001", Instant.parse("2026-03-01T00:00:00Z")),
                        tuple("openai/m/text_in@2026-03-01", "0.000001", Instant.parse("2026-04-01T00:00:00Z")),
                        tuple("openai/m/text_in@2026-01-01", "0.000007", Instant.parse("2026-02-01T00:00:00Z")),
                        tuple("openai/m/text_in@2026-04-01", "0.000007", null));
    }

    private static String family(String own, String prices) {
        String book = book(own);
        return book.substring(0, book.length() - 1)
                + ", \"families\": [{\"provider\": \"openai\", \"models\": \"*\", \"prices\": [" + prices + "]}]}";
    }

    private static ListAssert<String> assertRefused(String json) {
        InvalidPriceBookException[] refused = new InvalidPriceBookException[1];
        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(InvalidPriceBookException.class, failure -> refused[0] = failure);
        return assertThat(refused[0].faults());
    }

    private static PriceBookSnapshot read(String json) {
        return PriceBookReader.read(new ByteArrayResource(json.getBytes(StandardCharsets.UTF_8), "test"));
    }

    private static String price(String rest) {
        return book("{\"effectiveFrom\": \"2026-01-01T00:00:00Z\", " + rest + "}");
    }

    private static String book(String prices) {
        return """
                {"id": "list", "source": "test", "observedAt": "2026-11-01", "models": [{"provider": "openai", \
                "model": "m", "mode": "chat", "contextWindow": 128000, "maxOutputTokens": 16384, \
                "released": "2026-01-01", "source": "test", "prices": [""" + prices + "]}]}";
    }
}
