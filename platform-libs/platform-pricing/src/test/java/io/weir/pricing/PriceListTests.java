package io.weir.pricing;

import static io.weir.pricing.Books.EARLY;
import static io.weir.pricing.Books.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.DailyHours;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PriceListTests {

    @Test
    void aCallToGpt4oMiniCostsItsListPriceToTheLastDecimal() {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 1_001L, Meter.TEXT_IN_CACHED, 24L, Meter.TEXT_OUT, 77L));
        Priced.Complete priced = complete(Books.gpt4oMini(), used, NOW);
        // 1001 * 0.15/1M + 24 * 0.075/1M + 77 * 0.60/1M
        assertThat(priced.cost()).isEqualTo(Amount.of("0.00019815"));
        assertThat(priced.lines())
                .extracting(
                        PriceList.Line::meter,
                        PriceList.Line::quantity,
                        line -> line.cost().toPlainString())
                .containsExactlyInAnyOrder(
                        tuple(Meter.TEXT_IN, 1_001L, "0.00015015"),
                        tuple(Meter.TEXT_IN_CACHED, 24L, "0.0000018"),
                        tuple(Meter.TEXT_OUT, 77L, "0.0000462"));
        assertThat(priced.lines())
                .allSatisfy(line ->
                        assertThat(line.ruleId()).startsWith(line.meter().wireName() + "/"));
    }

    @Test
    void aBatchCostsHalfWhereTheBookNamesNoBatchPrice() {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 1_001L, Meter.TEXT_IN_CACHED, 24L, Meter.TEXT_OUT, 77L));
        Books books = Books.gpt4oMini();
        PriceList batch = books.list().batch();
        assertThat(batch.price(books.model(), used, NOW))
                .isEqualTo(books.list().price(books.model(), used, PriceList.WEIR_BATCH, NOW))
                .isInstanceOfSatisfying(Priced.Complete.class, priced -> {
                    assertThat(priced.cost()).isEqualTo(Amount.of("0.000099075"));
                    assertThat(priced.lines())
                            .allSatisfy(line -> assertThat(line.ruleId()).endsWith("/half"));
                });
        assertThat(batch.ownTier()).contains(PriceList.WEIR_BATCH);
        assertThat(books.list().ownTier()).isEmpty();
        assertThat(batch.ceiling(books.model(), 1_000, 100, NOW)).contains(Amount.of("0.000105"));
        assertThat(batch.batch()).isSameAs(batch);
    }

    @Test
    void aBatchCostsWhatTheBookSaysForBatches() {
        Books books = Books.gpt4oMini()
                .rule(Meter.TEXT_OUT, Rate.perMillion("0.90"), "batch", 0, EARLY, null)
                .rule(Meter.TEXT_IN, Rate.of("0.000000000001"), "standard", 128, EARLY, null);
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 1_000L, Meter.TEXT_OUT, 100L));
        // The smallest rate there is stays itself, since half of it is none.
        assertThat(books.list().batch().price(books.model(), used, NOW))
                .isInstanceOfSatisfying(
                        Priced.Complete.class,
                        priced -> assertThat(priced.cost()).isEqualTo(Amount.of("0.000090001")));
        assertThat(books.list().batch().ceiling(books.model(), 1_000, 100, NOW)).contains(Amount.of("0.000165"));
        assertThat(books.list().batch().price(books.model(), used, "flex", NOW)).isInstanceOf(Priced.Unpriced.class);
    }

    @Test
    void aMeterWithoutARateIsReportedAndNeverBilledAtZero() {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 10L, Meter.AUDIO_IN, 3L, Meter.IMAGE_OUT, 1L));
        Books books = Books.gpt4oMini();
        assertThat(books.list().price(books.model(), used, NOW))
                .isInstanceOfSatisfying(
                        Priced.Unpriced.class,
                        unpriced -> assertThat(unpriced.meters())
                                .containsExactlyInAnyOrder(Meter.AUDIO_IN, Meter.IMAGE_OUT));
    }

    @Test
    void aMeterThatWasNotUsedNeedsNoRate() {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 1L, Meter.AUDIO_IN, 0L));
        assertThat(complete(Books.gpt4oMini(), used, NOW).cost()).isEqualTo(Amount.of("0.00000015"));
    }

    @Test
    void theLongContextPriceHoldsForTheWholeRequestOnceThePromptIsLonger() {
        Books books = Books.selling("gemini-2.5-pro")
                .at("1.25", Meter.TEXT_IN)
                .at("0.125", Meter.TEXT_IN_CACHED)
                .at("10", Meter.TEXT_OUT)
                .over(200_000, "2.50", Meter.TEXT_IN)
                .over(200_000, "0.25", Meter.TEXT_IN_CACHED)
                .over(200_000, "15", Meter.TEXT_OUT);
        assertThat(complete(books, usage(200_000, 0, 100), NOW).cost()).isEqualTo(Amount.of("0.251"));
        assertThat(complete(books, usage(200_001, 0, 100), NOW).cost()).isEqualTo(Amount.of("0.5015025"));
        // What is the most that a token may cost knows only how long the prompt may be.
        assertThat(books.list().highest(books.model(), Meter.TEXT_OUT, 200_000, NOW))
                .contains(Rate.perMillion("10"));
        assertThat(books.list().highest(books.model(), Meter.TEXT_OUT, 200_001, NOW))
                .contains(Rate.perMillion("15"));
        assertThat(books.list().highest(books.model(), Meter.AUDIO_IN, 1, NOW)).isEmpty();
        // Cached tokens are part of the prompt that is measured, and get their own long price.
        assertThat(complete(books, usage(100_000, 100_001, 100), NOW).cost()).isEqualTo(Amount.of("0.27650025"));
    }

    @Test
    void hoursOfTheDayHaveTheirOwnPriceAndItsCeilingPastMidnightToo() {
        DailyHours night = new DailyHours(LocalTime.of(16, 30), LocalTime.of(0, 30), ZoneOffset.UTC);
        Books books = Books.selling("m")
                .at("1", Meter.TEXT_IN)
                .at("2", Meter.TEXT_OUT)
                .during(night, "0.5", Meter.TEXT_IN)
                .during(night, "4", Meter.TEXT_OUT);
        for (String at : List.of("2026-11-22T16:30:00Z", "2026-11-22T23:59:59Z", "2026-11-23T00:29:59.999Z")) {
            assertThat(complete(books, usage(1_000, 0, 1_000), Instant.parse(at))
                            .cost())
                    .as(at)
                    .isEqualTo(Amount.of("0.0045"));
            assertThat(books.list().ceiling(books.model(), 1_000, 1_000, Instant.parse(at)))
                    .as(at)
                    .hasValueSatisfying(ceiling -> assertThat(ceiling).isGreaterThanOrEqualTo(Amount.of("0.0045")));
        }
        for (String at : List.of("2026-11-22T16:29:59.999Z", "2026-11-23T00:30:00Z", "2026-11-23T12:00:00Z")) {
            assertThat(complete(books, usage(1_000, 0, 1_000), Instant.parse(at))
                            .cost())
                    .as(at)
                    .isEqualTo(Amount.of("0.003"));
        }
    }

    @Test
    void hoursFollowTheClockOfTheirZoneWhenItIsPutForward() {
        DailyHours morning = new DailyHours(LocalTime.of(6, 0), LocalTime.of(9, 0), ZoneId.of("Europe/Berlin"));
        assertThat(morning.contain(Instant.parse("2026-03-28T05:00:00Z"))).isTrue();
        assertThat(morning.contain(Instant.parse("2026-03-28T04:59:59Z"))).isFalse();
        assertThat(morning.contain(Instant.parse("2026-03-29T04:00:00Z"))).isTrue();
        assertThat(morning.contain(Instant.parse("2026-03-29T07:00:00Z"))).isFalse();
    }

    @Test
    void theHighestThresholdThatThePromptPassesDecides() {
        Books books = Books.selling("m")
                .at("1", Meter.TEXT_IN)
                .over(100, "2", Meter.TEXT_IN)
                .over(1_000, "3", Meter.TEXT_IN)
                .at("1", Meter.TEXT_OUT);
        assertThat(complete(books, usage(1_000, 0, 0), NOW).cost()).isEqualTo(Amount.of("0.002"));
        assertThat(complete(books, usage(1_001, 0, 0), NOW).cost()).isEqualTo(Amount.of("0.003003"));
    }

    @Test
    void aPriceChangesAtItsInstantAndNotAMillisecondSooner() {
        Instant change = Instant.parse("2026-09-12T00:00:00Z");
        Books books = Books.selling("gpt-5.6-sol")
                .rule(Meter.TEXT_IN, Rate.perMillion("5"), "standard", 0, EARLY, change)
                .rule(Meter.TEXT_IN, Rate.perMillion("4"), "standard", 0, change, null);
        Quantities million = Quantities.of(Meter.TEXT_IN, 1_000_000);
        assertThat(complete(books, million, change.minusMillis(1)).cost()).isEqualTo(Amount.of("5"));
        assertThat(complete(books, million, change).cost()).isEqualTo(Amount.of("4"));
        assertThat(books.list().price(books.model(), million, EARLY.minusMillis(1)))
                .isInstanceOf(Priced.Unpriced.class);
    }

    @Test
    void aRuleOfAnotherServiceTierDoesNotPriceAStandardCall() {
        Books books = Books.gpt4oMini()
                .rule(Meter.TEXT_IN, Rate.perMillion("0.05"), "batch", 0, EARLY, null)
                .rule(Meter.AUDIO_IN, Rate.perMillion("1"), "batch", 0, EARLY, null);
        assertThat(complete(books, usage(1_000_000, 0, 0), NOW).cost()).isEqualTo(Amount.of("0.15"));
        assertThat(books.list().price(books.model(), Quantities.of(Meter.AUDIO_IN, 1), NOW))
                .isInstanceOf(Priced.Unpriced.class);
    }

    @Test
    void aModelIsFoundByItsNameOnly() {
        PriceList list = Books.gpt4oMini().list();
        assertThat(list.model("gpt-4o-mini")).isPresent();
        assertThat(list.model("GPT-4o-mini")).isEmpty();
        assertThat(list.models()).hasSize(1);
        assertThat(list.bookId()).isEqualTo("list");
    }

    @Test
    void aModelWithoutAPriceForInputOrOutputHasNoCeilingSoThatItCannotBeSold() {
        Books onlyIn = Books.selling("m").at("1", Meter.TEXT_IN);
        Books onlyOut = Books.selling("m").at("1", Meter.TEXT_OUT);
        Books notYet = Books.selling("m")
                .rule(Meter.TEXT_IN, Rate.perMillion("1"), "standard", 0, NOW.plusSeconds(1), null)
                .at("1", Meter.TEXT_OUT);
        assertThat(onlyIn.list().ceiling(onlyIn.model(), 1, 1, NOW)).isEmpty();
        assertThat(onlyOut.list().ceiling(onlyOut.model(), 1, 1, NOW)).isEmpty();
        assertThat(notYet.list().ceiling(notYet.model(), 1, 1, NOW)).isEmpty();
    }

    @Test
    void aModelForEmbeddingsNeedsNoPriceForOutputAndAChatModelDoes() {
        Books embedding = Books.selling("e", "embedding").at("0.02", Meter.TEXT_IN);
        Books chat = Books.selling("c").at("0.02", Meter.TEXT_IN);
        Books free = Books.selling("e", "embedding");
        assertThat(embedding.list().ceiling(embedding.model(), 1_000, 0, NOW)).contains(Amount.of("0.00002"));
        assertThat(embedding.list().ceiling(embedding.model(), 1_000, 1, NOW)).isEmpty();
        assertThat(chat.list().ceiling(chat.model(), 1_000, 0, NOW)).isEmpty();
        assertThat(free.list().ceiling(free.model(), 1_000, 0, NOW)).isEmpty();
    }

    @Test
    void theCeilingOfGpt4oMiniIsItsDearestInputAndOutputPrice() {
        Books books = Books.gpt4oMini();
        assertThat(books.list().ceiling(books.model(), 1_000, 4_096, NOW)).contains(Amount.of("0.0026076"));
    }

    private static Quantities usage(long textIn, long cached, long textOut) {
        return new Quantities(Map.of(Meter.TEXT_IN, textIn, Meter.TEXT_IN_CACHED, cached, Meter.TEXT_OUT, textOut));
    }

    private static Priced.Complete complete(Books books, Quantities used, Instant at) {
        Priced priced = books.list().price(books.model(), used, at);
        assertThat(priced).isInstanceOf(Priced.Complete.class);
        return (Priced.Complete) priced;
    }

    @Test
    void aFeePerRequestComesOnTopOfWhatWasCountedOnce() {
        Books books = Books.gpt4oMini().rule(Meter.REQUEST, Rate.of("0.01"), "standard", 0, EARLY, null);
        Quantities used = Quantities.of(Meter.TEXT_IN, 1_000_000);
        assertThat(books.list().price(books.model(), used, NOW))
                .isInstanceOfSatisfying(
                        Priced.Complete.class,
                        priced -> assertThat(priced.cost()).isEqualTo(Amount.of("0.16")));
        assertThat(books.list().price(books.model(), Quantities.NONE, NOW))
                .isInstanceOfSatisfying(
                        Priced.Complete.class,
                        priced -> assertThat(priced.cost()).isEqualTo(Amount.ZERO));
    }

    @Test
    void aTierHasItsOwnRatesAndIsNotReplacedByAnother() {
        Books books = Books.gpt4oMini().rule(Meter.TEXT_IN, Rate.perMillion("0.075"), "batch", 0, EARLY, null);
        Quantities text = Quantities.of(Meter.TEXT_IN, 1_000_000);
        assertThat(books.list().price(books.model(), text, "batch", NOW))
                .isInstanceOfSatisfying(
                        Priced.Complete.class,
                        priced -> assertThat(priced.cost()).isEqualTo(Amount.of("0.075")));
        assertThat(books.list().price(books.model(), text.plus(Quantities.of(Meter.TEXT_OUT, 1)), "batch", NOW))
                .isEqualTo(new Priced.Unpriced(Set.of(Meter.TEXT_OUT)));
        assertThat(books.list().price(books.model(), text, "scale", NOW))
                .isEqualTo(new Priced.Unpriced(Set.of(Meter.TEXT_IN)));
    }
}
