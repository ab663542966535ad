package io.weir.local.prove.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlannedCallTests {

    private static final List<Customer> CUSTOMERS =
            List.of(new Customer("open", "a", "k", null, 3), new Customer("tight", "b", "k", "1", 1));

    @Test
    void theSameSeedPlansTheSameCalls() {
        for (int number = 0; number < 200; number++) {
            assertThat(PlannedCall.of(7, number, CUSTOMERS)).isEqualTo(PlannedCall.of(7, number, CUSTOMERS));
        }
        assertThat(PlannedCall.of(7, 0, CUSTOMERS)).isNotEqualTo(PlannedCall.of(8, 0, CUSTOMERS));
    }

    @Test
    void everyKindAndEveryCustomerHasItsShare() {
        Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
        int tight = 0;
        for (int number = 0; number < 4_000; number++) {
            PlannedCall call = PlannedCall.of(1, number, CUSTOMERS);
            kinds.merge(call.kind(), 1, Integer::sum);
            tight += call.customer();
        }

        assertThat(kinds).containsOnlyKeys(Kind.values());
        assertThat(kinds.get(Kind.PLAIN)).isBetween(1_200, 1_520);
        assertThat(tight).isBetween(850, 1_150);
    }
}
