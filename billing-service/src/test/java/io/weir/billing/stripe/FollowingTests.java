package io.weir.billing.stripe;

import static io.weir.billing.invoice.InvoiceState.FINALISED;
import static io.weir.billing.invoice.InvoiceState.PAID;
import static io.weir.billing.invoice.InvoiceState.VOID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.invoice.InvoiceState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FollowingTests {

    /// Every state with every word of Stripe's: what is forbidden stands beside what is allowed.
    @ParameterizedTest
    @CsvSource({
        "RATED, draft, true, ",
        "RATED, open, true, FINALISED",
        "RATED, open, false, PARKED",
        "RATED, paid, false, PARKED",
        "RATED, void, true, VOID",
        "ITEMS_SENT, draft, false, ",
        "ITEMS_SENT, open, true, FINALISED",
        "ITEMS_SENT, paid, false, PARKED",
        "TOTALS_MATCHED, open, true, FINALISED",
        "TOTALS_MATCHED, open, false, PARKED",
        "TOTALS_MATCHED, paid, true, PAID",
        "TOTALS_MATCHED, uncollectible, true, FINALISED",
        "FINALISED, draft, true, ",
        "FINALISED, open, true, ",
        "FINALISED, uncollectible, true, ",
        "FINALISED, paid, true, PAID",
        "FINALISED, void, true, VOID",
        "PAID, draft, true, ",
        "PAID, open, true, ",
        "PAID, uncollectible, true, ",
        "PAID, void, true, ",
        "PAID, paid, true, ",
        "VOID, open, true, ",
        "VOID, paid, true, ",
        "VOID, void, true, ",
        "PARKED, draft, true, ",
        "PARKED, open, false, ",
        "PARKED, paid, false, ",
        "PARKED, void, true, ",
        "PARKED, open, true, FINALISED",
        "PARKED, paid, true, PAID",
    })
    void aLookAtStripeMovesAnInvoiceForwardOrNotAtAll(
            InvoiceState state, String status, boolean sameTotal, @Nullable InvoiceState after) {
        if (after == null) {
            assertThat(Following.after(state, status, sameTotal)).isEmpty();
        } else {
            assertThat(Following.after(state, status, sameTotal)).contains(after);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAID", "VOID"})
    void whatIsSettledStaysSoUnderEveryOrderOfLooks(InvoiceState settled) {
        for (String first : List.of("draft", "open", "uncollectible", "paid", "void")) {
            for (String second : List.of("draft", "open", "uncollectible", "paid", "void")) {
                InvoiceState after = Following.after(settled, first, true).orElse(settled);
                assertThat(Following.after(after, second, true).orElse(after)).isEqualTo(settled);
            }
        }
    }

    @Test
    void onlyAFinalisedInvoiceHasAStateOfOurs() {
        assertThat(Following.stateOf("open")).isEqualTo(FINALISED);
        assertThat(Following.stateOf("paid")).isEqualTo(PAID);
        assertThat(Following.stateOf("void")).isEqualTo(VOID);
        assertThatThrownBy(() -> Following.stateOf("draft")).hasMessageContaining("expected: finalised");
        assertThatThrownBy(() -> Following.stateOf("new_word")).isInstanceOf(IllegalStateException.class);
    }
}
