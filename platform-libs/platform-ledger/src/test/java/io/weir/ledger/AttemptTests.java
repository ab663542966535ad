package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptTests {

    // 10 units at 0.3 and 5 at 0.4: 3 + 2 = 5.
    private static final List<PricedLine> LINES = List.of(
            new PricedLine(Meter.TEXT_IN, 10, Rate.of("0.3"), "in", Amount.of("3")),
            new PricedLine(Meter.TEXT_OUT, 5, Rate.of("0.4"), "out", Amount.of("2")));

    private static Attempt attempt(List<PricedLine> lines, Amount cost) {
        return new Attempt(
                1,
                "openai",
                "gpt-4o-mini",
                "req_1",
                Quantities.of(Meter.TEXT_IN, 10),
                null,
                UsageSource.PROVIDER,
                "list",
                lines,
                cost,
                Outcome.COMPLETED,
                200,
                12);
    }

    private static Amount sum(Attempt attempt) {
        return attempt.lines().stream().map(PricedLine::cost).reduce(Amount.ZERO, Amount::plus);
    }

    @ParameterizedTest
    @CsvSource({"5", "5.1", "1000"})
    void withinItsCeilingItIsTheSame(String ceiling) {
        Attempt attempt = attempt(LINES, Amount.of("5"));
        assertThat(attempt.within(Amount.of(ceiling))).isSameAs(attempt);
    }

    // Ceiling; units in; units out; what is left for a line of its own: floor(4.5 - 3) / 0.4 = 3 units, 0.3 left.
    @ParameterizedTest
    @CsvSource({"4.5, 10, 3, 0.3", "4.6, 10, 4, 0", "3, 10, 0, 0", "1, 3, 0, 0.1", "0.2, 0, 0, 0.2", "0, 0, 0, 0"})
    void beyondItsCeilingTheTenantPaysTheCeilingAndThePlatformTheRest(
            String ceiling, long unitsIn, long unitsOut, String rest) {
        Attempt cut = attempt(LINES, Amount.of("5")).within(Amount.of(ceiling));
        assertThat(cut.cost()).isEqualTo(Amount.of(ceiling));
        assertThat(sum(cut)).as("invoices add up the lines").isEqualTo(cut.cost());
        assertThat(cut.ceilingBreach()).isEqualTo(Amount.of("5").minus(Amount.of(ceiling)));
        assertThat(units(cut, Meter.TEXT_IN)).isEqualTo(unitsIn);
        assertThat(units(cut, Meter.TEXT_OUT)).isEqualTo(unitsOut);
        assertThat(cut.lines().stream()
                        .filter(line -> line.ruleId().equals("ceiling"))
                        .map(PricedLine::cost)
                        .reduce(Amount.ZERO, Amount::plus))
                .isEqualTo(Amount.of(rest));
        assertThat(cut.buckets()).as("what the provider counted").isEqualTo(Quantities.of(Meter.TEXT_IN, 10));
    }

    private static long units(Attempt attempt, Meter meter) {
        return attempt.lines().stream()
                .filter(line -> line.meter() == meter)
                .mapToLong(PricedLine::quantity)
                .sum();
    }

    @Test
    void whatIsUnpricedNamesItsMetersInOrderAndCannotBeChanged() {
        Map<String, Long> meters = new HashMap<>(Map.of("video_in", 3L, "audio_in", 7L));
        Unpriced unpriced = new Unpriced(Unpriced.Reason.UNKNOWN_METER, meters);
        meters.clear();
        assertThat(unpriced.meters()).containsExactly(Map.entry("audio_in", 7L), Map.entry("video_in", 3L));
        assertThatThrownBy(() -> unpriced.meters().put("x", 1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(Unpriced.Reason.UNKNOWN_METER.wireName()).isEqualTo("unknown_meter");
    }
}
