package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.rating.RoundedAmount;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Currency;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;

class MinorUnitsPropertyTests {

    private static final List<Currency> CURRENCIES =
            List.of(Currency.getInstance("USD"), Currency.getInstance("JPY"), Currency.getInstance("KWD"));

    @Property
    void everyRoundedAmountIsOneWholeNumberAndComesBackAsItWas(@ForAll long minor) {
        for (Currency currency : CURRENCIES) {
            BigDecimal value = BigDecimal.valueOf(minor, currency.getDefaultFractionDigits());
            assertThat(MinorUnits.of(new RoundedAmount(value), currency)).isEqualTo(minor);
        }
    }

    @Property
    void theSumOfLinesIsTheTotalWhateverTheyAre(
            @ForAll @Size(max = 250) List<@LongRange(min = -99_999_999, max = 99_999_999) Long> lines) {
        Currency dollars = CURRENCIES.getFirst();
        BigDecimal total =
                lines.stream().map(line -> BigDecimal.valueOf(line, 2)).reduce(BigDecimal.ZERO, BigDecimal::add);
        long sum = lines.stream()
                .mapToLong(line -> MinorUnits.of(new RoundedAmount(BigDecimal.valueOf(line, 2)), dollars))
                .sum();
        assertThat(MinorUnits.of(new RoundedAmount(total), dollars)).isEqualTo(sum);
    }

    @Property
    void whatIsFinerThanTheMinorUnitIsRefusedAndNeverRounded(
            @ForAll @Scale(6) @BigRange(min = "-1000000000", max = "1000000000") BigDecimal value) {
        Currency dollars = CURRENCIES.getFirst();
        RoundedAmount amount = new RoundedAmount(value);
        if (value.stripTrailingZeros().scale() > 2) {
            assertThatThrownBy(() -> MinorUnits.of(amount, dollars)).isInstanceOf(ArithmeticException.class);
        } else {
            assertThat(BigDecimal.valueOf(MinorUnits.of(amount, dollars), 2)).isEqualByComparingTo(value);
        }
    }

    @Example
    void whatNoLongHoldsIsRefusedAndDoesNotWrapAround() {
        BigDecimal tooLarge = new BigDecimal(BigInteger.TWO.pow(63), 2);
        assertThatThrownBy(() -> MinorUnits.of(new RoundedAmount(tooLarge), CURRENCIES.getFirst()))
                .isInstanceOf(ArithmeticException.class);
    }
}
