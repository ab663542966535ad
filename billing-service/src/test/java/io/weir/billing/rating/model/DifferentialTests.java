package io.weir.billing.rating.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DifferentialTests {

    private static final Currency USD = Currency.getInstance("USD");
    private static final int PLANS = 100_000;

    /// One seed for all, so that a difference is found again.
    @Test
    void aHundredThousandPlansAndUsagesComeOutAsTheNaiveOracleCounts() {
        Random random = new Random(20_261_124);
        for (int i = 0; i < PLANS; i++) {
            RandomPlan plan = RandomPlan.of(random);
            long tenths = random.nextInt(1_500);
            BigDecimal amount = new CumulativeBilling(plan.charge(), USD)
                    .due(RandomPlan.tenths(tenths), null)
                    .amount()
                    .value();
            if (amount.movePointRight(2).longValueExact() != NaiveOracle.cents(plan, tenths)) {
                assertThat(amount)
                        .as("case %d: %d tenths under %s", i, tenths, plan)
                        .isEqualTo(BigDecimal.valueOf(NaiveOracle.cents(plan, tenths), 2));
            }
        }
    }
}
