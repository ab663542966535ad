package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class BaselinePropertyTests {

    private static final Baseline PLAIN =
            Baseline.of(Routes.of("openai", "plain", Map.of(Meter.TEXT_IN, "2", Meter.TEXT_OUT, "10")));

    @Property
    void aMeterWithoutARateCountsAsPlainInputOrOutput(
            @ForAll @LongRange(max = 1_000_000) long in,
            @ForAll @LongRange(max = 1_000_000) long cached,
            @ForAll @LongRange(max = 1_000_000) long out,
            @ForAll @LongRange(max = 1_000_000) long reasoning) {
        Quantities used = new Quantities(Map.of(
                Meter.TEXT_IN, in, Meter.TEXT_IN_CACHED, cached, Meter.TEXT_OUT, out, Meter.REASONING_OUT, reasoning));
        Quantities plain = new Quantities(Map.of(Meter.TEXT_IN, in + cached, Meter.TEXT_OUT, out + reasoning));
        assertThat(PLAIN.cost(used, Instant.EPOCH)).isEqualTo(PLAIN.cost(plain, Instant.EPOCH));
    }

    @Example
    void aMeterWithARateCountsAtIt() {
        Baseline cheapCache = Baseline.of(Routes.of(
                "openai", "m", Map.of(Meter.TEXT_IN, "2", Meter.TEXT_IN_CACHED, "0.5", Meter.TEXT_OUT, "10")));
        assertThat(cheapCache.cost(Quantities.of(Meter.TEXT_IN_CACHED, 1_000_000), Instant.EPOCH))
                .hasValue(Amount.of("0.5"));
    }

    @Example
    void whatIsNeitherInputNorOutputHasNoPriceThere() {
        assertThat(PLAIN.cost(Quantities.of(Meter.SEARCH_CALL, 1), Instant.EPOCH))
                .isEmpty();
    }
}
