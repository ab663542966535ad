package io.weir.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;

class MoneyPropertyTests {

    private static final Currency USD = Currency.getInstance("USD");

    @Property
    void aSumOfProductsDoesNotDependOnHowTheQuantityWasCut(
            @ForAll @BigRange(min = "0", max = "1000") @Scale(12) BigDecimal rate,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 0, max = 1_000_000) Long> slices) {
        Rate price = new Rate(rate);
        Amount cut = slices.stream().map(price::times).reduce(Amount.ZERO, Amount::plus);
        Amount whole = price.times(slices.stream().mapToLong(Long::longValue).sum());
        assertThat(cut).isEqualTo(whole);
    }

    @Property
    void anAmountSurvivesItsWireForm(@ForAll @BigRange(min = "-1000000", max = "1000000") @Scale(12) BigDecimal value) {
        Amount amount = new Amount(value);
        assertThat(Amount.of(amount.toPlainString())).isEqualTo(amount);
        assertThat(amount.toPlainString()).doesNotContain("E");
    }

    @Property
    void theSplitPartsAddUpAndStayWithinOneUnitOfTheirShare(
            @ForAll @LongRange(min = -1_000_000, max = 1_000_000) long total,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 1000) Integer> weights) {
        Map<Integer, BigDecimal> shares = new TreeMap<>();
        for (int i = 0; i < weights.size(); i++) {
            shares.put(i, BigDecimal.valueOf(weights.get(i)));
        }
        long sum = weights.stream().mapToLong(Integer::longValue).sum();
        if (sum == 0) {
            assertThatThrownBy(() -> LargestRemainder.split(total, shares))
                    .isInstanceOf(IllegalArgumentException.class);
            return;
        }
        Map<Integer, Long> parts = LargestRemainder.split(total, shares);
        assertThat(parts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(total);
        parts.forEach((key, part) -> assertThat(BigInteger.valueOf(part)
                        .multiply(BigInteger.valueOf(sum))
                        .subtract(BigInteger.valueOf(total).multiply(BigInteger.valueOf(weights.get(key))))
                        .abs())
                .isLessThan(BigInteger.valueOf(sum)));
    }

    @Example
    void halfACentRoundsAwayFromZero() {
        assertThat(Amount.of("3.685").rounded(USD)).isEqualTo("3.69");
        assertThat(Amount.of("-3.685").rounded(USD)).isEqualTo("-3.69");
        assertThat(Amount.of("3.684999999999").rounded(USD)).isEqualTo("3.68");
    }

    @Example
    void aThirteenthDecimalIsRefusedRatherThanRounded() {
        assertThatThrownBy(() -> Amount.of("0.0000000000001"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 after the point");
    }

    @Example
    void aHugeExponentIsRefusedBeforeItIsExpanded() {
        assertThatThrownBy(() -> Amount.of("1e999999999")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Amount.of("NaN")).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void aListPricePerMillionIsExactPerToken() {
        assertThat(Rate.perMillion("0.15").times(1_000_000)).isEqualTo(Amount.of("0.15"));
        assertThat(Rate.perMillion("0.075").toPlainString()).isEqualTo("0.000000075");
    }
}
