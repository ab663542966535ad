package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.stripe.api.NewItem;
import io.weir.billing.stripe.api.StripeInvoice;
import io.weir.billing.stripe.api.StripeItem;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TotalsComparisonTests {

    private static final UUID INVOICE = UUID.fromString("01930000-0000-7000-8000-0000000000a1");
    private final TotalsComparison ours = new TotalsComparison(
            INVOICE, Currency.getInstance("USD"), 150, List.of(line(0, 100), line(1, 50), line(2, 0)));

    @Test
    void whatIsEqualInEveryLineAndInTotalIsEqualInWhateverOrder() {
        assertThat(difference(150, item(2, 0), item(0, 100), item(1, 50))).isEmpty();
    }

    @Test
    void aLineTooManyTooFewTwiceOrOfAnotherAmountIsFoundThoughTheTotalIsEqual() {
        assertThat(difference(150, item(0, 100), item(1, 50))).contains("line 2 is not at Stripe");
        assertThat(difference(150, item(0, 101), item(1, 49), item(2, 0)))
                .hasValueSatisfying(why -> assertThat(why).contains("line 0 is 101", "ours is 1.00 USD"));
        assertThat(difference(150, item(0, 100), item(1, 50), item(2, 0), item(2, 0)))
                .hasValueSatisfying(why -> assertThat(why).contains("line 2 is at Stripe twice"));
        assertThat(difference(150, item(0, 100), item(1, 50), item(2, 0), item(3, 0)))
                .hasValueSatisfying(why -> assertThat(why).contains("none of our lines"));
    }

    @Test
    void aLineOfAnotherInvoiceOrWithoutOurMarkIsForeign() {
        StripeItem unmarked = new StripeItem("ii_x", "USD", 0, Map.of());
        StripeItem elsewhere = new StripeItem(
                "ii_y", "USD", 0, Map.of("weir_invoice_id", UUID.randomUUID().toString(), "weir_line", "2"));
        StripeItem misnumbered = new StripeItem(
                "ii_z", "USD", 0, Map.of("weir_invoice_id", INVOICE.toString(), "weir_line", "99999999999"));
        for (StripeItem foreign : List.of(unmarked, elsewhere, misnumbered)) {
            assertThat(difference(150, item(0, 100), item(1, 50), foreign))
                    .hasValueSatisfying(why -> assertThat(why).contains(foreign.id(), "none of our lines"));
        }
    }

    @Test
    void aCentInTheTotalOrAnotherCurrencyIsFoundThoughEveryLineIsEqual() {
        assertThat(difference(151, item(0, 100), item(1, 50), item(2, 0)))
                .contains("Stripe's total is 151 minor units of USD, ours is 1.50 USD");
        assertThat(ours.difference(
                        new StripeInvoice("in_1", "draft", "EUR", 150, null),
                        List.of(item(0, 100), item(1, 50), item(2, 0))))
                .hasValueSatisfying(why -> assertThat(why).contains("EUR"));
        assertThat(difference(
                        150, new StripeItem("ii_0", "EUR", 100, item(0, 100).metadata()), item(1, 50), item(2, 0)))
                .hasValueSatisfying(why -> assertThat(why).contains("100 minor units of EUR"));
    }

    private Optional<String> difference(long total, StripeItem... items) {
        return ours.difference(new StripeInvoice("in_1", "draft", "USD", total, null), List.of(items));
    }

    private static NewItem line(int position, long amount) {
        return new NewItem(position, amount, "USD", "line", Instant.EPOCH, Instant.EPOCH, Map.of());
    }

    private static StripeItem item(int line, long amount) {
        return new StripeItem(
                "ii_" + line, "USD", amount, Map.of("weir_invoice_id", INVOICE.toString(), "weir_line", "" + line));
    }
}
