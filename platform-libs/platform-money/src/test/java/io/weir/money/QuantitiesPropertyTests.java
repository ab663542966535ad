package io.weir.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class QuantitiesPropertyTests {

    @Property
    void everyMeterIsInputOrOutputOrNeitherButNotBoth(@ForAll Meter meter) {
        assertThat(meter.isInput() && meter.isOutput()).isFalse();
        assertThat(Meter.of(meter.wireName())).isEqualTo(meter);
    }

    @Property
    void addingKeepsTheSums(
            @ForAll Map<Meter, @LongRange(min = 0, max = 1_000_000_000) Long> one,
            @ForAll Map<Meter, @LongRange(min = 0, max = 1_000_000_000) Long> other) {
        Quantities sum = new Quantities(one).plus(new Quantities(other));
        assertThat(sum).isEqualTo(new Quantities(other).plus(new Quantities(one)));
        assertThat(sum.input()).isEqualTo(new Quantities(one).input() + new Quantities(other).input());
        assertThat(sum.output()).isEqualTo(new Quantities(one).output() + new Quantities(other).output());
    }

    @Example
    void aMeterAtZeroIsNotThere() {
        assertThat(Quantities.of(Meter.TEXT_IN, 0)).isEqualTo(Quantities.NONE);
        assertThat(Quantities.NONE.of(Meter.TEXT_OUT)).isZero();
    }

    @Example
    void nothingIsUsedNegatively() {
        assertThatThrownBy(() -> Quantities.of(Meter.TEXT_IN, -1)).hasMessageContaining("text_in: -1");
        assertThatThrownBy(() -> Meter.of("tokens")).hasMessageContaining("'tokens'");
    }
}
