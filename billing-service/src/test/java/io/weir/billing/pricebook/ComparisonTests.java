package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.pricebook.Comparison.Change;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTests {

    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "1, 1.2, 20.0, false",
        "1, 1.200001, 20.0, true",
        "1, 0.8, -20.0, false",
        "1, 0.799999, -20.0, true",
        "0.15, 0.16, 6.7, false",
        "0.15, 15, 9900.0, true",
        "0.15, 0.0015, -99.0, true",
    })
    void aChangeOfMoreThanAFifthIsLarge(String before, String after, String percent, boolean large) {
        Comparison comparison = Comparison.of(book(rule(before, JANUARY, null)), book(rule(after, JANUARY, null)));
        assertThat(comparison.changed()).singleElement().satisfies(change -> {
            assertThat(change.percent()).isEqualByComparingTo(new BigDecimal(percent));
            assertThat(change.large()).isEqualTo(large);
        });
        assertThat(comparison.isLarge()).isEqualTo(large);
    }

    @Test
    void aSlipOfAUnitIsShownAsAFactor() {
        Comparison dearer = Comparison.of(book(rule("0.15", JANUARY, null)), book(rule("15", JANUARY, null)));
        assertThat(dearer.changed()).extracting(Change::times).containsExactly("100");
        assertThat(Quarantine.refusal(dearer))
                .isEqualTo("1 prices change by more than 20%: openai/m text_in from 0.00000015 to 0.000015 (times 100)."
                        + " Look at the comparison; if it is right, approve with {\"acceptLargeChanges\": true}.");
        Comparison cheaper = Comparison.of(book(rule("15", JANUARY, null)), book(rule("0.15", JANUARY, null)));
        assertThat(cheaper.changed()).extracting(Change::times).containsExactly("0.01");
    }

    @Test
    void aPriceThatIsAnnouncedIsComparedFromWhereItBegins() {
        Comparison comparison =
                Comparison.of(book(rule("1", JANUARY, null)), book(rule("1", JANUARY, JUNE), rule("2", JUNE, null)));
        assertThat(comparison.changed()).singleElement().satisfies(change -> {
            assertThat(change.from()).isEqualTo(JUNE);
            assertThat(change.large()).isTrue();
        });
    }

    @Test
    void aPriceOfThePastThatIsCorrectedIsAChangeToo() {
        Comparison comparison = Comparison.of(
                book(rule("1", JANUARY, JUNE), rule("2", JUNE, null)),
                book(rule("1.1", JANUARY, JUNE), rule("2", JUNE, null)));
        assertThat(comparison.changed()).singleElement().satisfies(change -> {
            assertThat(change.from()).isEqualTo(JANUARY);
            assertThat(change.large()).isFalse();
        });
    }

    @Test
    void fromNothingIsLargeAndWhatCameOrWentIsNamed() {
        assertThat(Comparison.of(book(rule("0", JANUARY, null)), book(rule("0.000001", JANUARY, null)))
                        .isLarge())
                .isTrue();
        assertThat(Comparison.of(book(rule("1", JANUARY, null)), book(rule("0", JANUARY, null)))
                        .isLarge())
                .isTrue();
        Comparison swapped = Comparison.of(book(rule("1", JANUARY, null)), book(batch("1")));
        assertThat(swapped.changed()).isEmpty();
        assertThat(swapped.added()).extracting(Comparison.Priced::serviceTier).containsExactly("batch");
        assertThat(swapped.removed()).extracting(Comparison.Priced::serviceTier).containsExactly("standard");
        assertThat(Comparison.of(null, book(batch("1"))).added()).hasSize(1);
    }

    @Test
    void aPriceForHoursOfTheDayIsComparedWithThatOfTheWholeDayWhenItComesAndWhenItGoes() {
        PriceBookSnapshot allDay = book(rule("1", JANUARY, null));
        PriceBookSnapshot dearNights = book(rule("1", JANUARY, null), nightly("100"));
        Comparison comes = Comparison.of(allDay, dearNights);
        assertThat(comes.isLarge()).isTrue();
        assertThat(comes.changed()).singleElement().satisfies(change -> {
            assertThat(change.price().hours()).isNotNull();
            assertThat(change.times()).isEqualTo("100");
        });
        assertThat(Comparison.of(dearNights, allDay).isLarge()).isTrue();
        assertThat(Comparison.of(allDay, book(rule("1", JANUARY, null), nightly("0.9")))
                        .isLarge())
                .isFalse();
        assertThat(Comparison.of(dearNights, dearNights).changed()).isEmpty();
    }

    private static Rule nightly(String perMillion) {
        DailyHours night = new DailyHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneOffset.UTC);
        return new Rule(
                "n", "openai", "m", Meter.TEXT_IN, Rate.perMillion(perMillion), "standard", 0, JANUARY, null, night);
    }

    private static PriceBookSnapshot book(Rule... rules) {
        return new PriceBookSnapshot("list", "test", LocalDate.of(2026, 1, 1), List.of(), List.of(rules), 1);
    }

    private static Rule rule(String perMillion, Instant from, @Nullable Instant to) {
        return new Rule(
                "r@" + from, "openai", "m", Meter.TEXT_IN, Rate.perMillion(perMillion), "standard", 0, from, to);
    }

    private static Rule batch(String perMillion) {
        return new Rule("b", "openai", "m", Meter.TEXT_IN, Rate.perMillion(perMillion), "batch", 0, JANUARY, null);
    }
}
