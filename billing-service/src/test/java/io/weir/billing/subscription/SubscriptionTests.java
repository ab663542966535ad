package io.weir.billing.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.statement.Taxes;
import io.weir.billing.subscription.BillLine.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SubscriptionTests {

    private static final SubscriptionRating RATING = new SubscriptionRating(Shop.catalogue());
    private static final Instant APRIL = Instant.parse("2028-04-01T00:00:00Z");

    private static Instant april(int day) {
        return APRIL.plusSeconds(86_400L * (day - 1) + 36_000);
    }

    private static Usage calls(int day, long quantity) {
        return new Usage(april(day), Metric.CALLS, BigDecimal.valueOf(quantity));
    }

    private static Bill bill(Subscription subscription, Usage... usage) {
        return RATING.rate(subscription, subscription.anchor().cycle(0), List.of(usage));
    }

    @Test
    void anUpgradeInTheMidstOfAMonthIsChargedByTheDay() {
        Subscription upgraded =
                Subscription.start(APRIL, ZoneOffset.UTC, "launch").with(new Change.Switch(april(11), "growth"));
        Bill bill = bill(upgraded, calls(5, 133), calls(20, 1_133));
        // 99 * 50% * 10/30; 100 * 10/30 of 133 are free, and one package of 100 is begun; 299 * 20/30; of 1,133 are
        // 133.33 free, 999.67 cost 0.015.
        assertThat(bill.lines())
                .extracting(line -> line.plan() + " " + line.kind().wireName() + " " + line.amount())
                .containsExactly("launch fee 16.50", "launch usage 5.00", "growth fee 199.33", "growth usage 15.00");
        assertThat(bill.statement(0, Taxes.NONE, 0).total()).isEqualTo(23_583);
        assertThat(bill.lines().get(1).share().days()).isEqualTo(10);
    }

    @Test
    void inATrialNothingIsChargedAndThenByTheDay() {
        Bill bill = bill(Subscription.start(APRIL, ZoneOffset.UTC, "starter"), calls(3, 5_000), calls(15, 600));
        // 14 days for nothing; 29.99 * 16/30; of 600 are 1,000 * 16/30 = 533.33 free, 66.67 cost 0.02.
        assertThat(bill.lines())
                .extracting(line -> line.kind().wireName() + " " + line.amount())
                .containsExactly("fee 15.99", "usage 1.33");
    }

    @Test
    void aMinimumIsFilledUpToAndAMaximumCutsAndBothByTheDay() {
        Instant october = Instant.parse("2028-10-01T00:00:00Z");
        Subscription growth = Subscription.start(october, ZoneOffset.UTC, "growth");
        assertThat(bill(growth).lines())
                .extracting(line -> line.kind().wireName() + " " + line.amount())
                .containsExactly("fee 319.00", "minimum 31.00");
        Subscription enterprise = Subscription.start(APRIL, ZoneOffset.UTC, "enterprise");
        Usage tokens = new Usage(april(2), Metric.TOKENS_IN, BigDecimal.valueOf(200_000_000));
        assertThat(bill(enterprise, tokens).lines())
                .extracting(line -> line.kind().wireName() + " " + line.amount())
                .containsExactly("fee 2500.00", "usage 600.00", "maximum -350.00");
        Subscription third = enterprise.with(new Change.Cancel(april(10), false));
        assertThat(bill(third).subtotal()).isEqualTo(83_333 + 3_333);
    }

    @Test
    void whoCancelsPaysTheDayOrThePeriodAndNothingLater() {
        Subscription free = Subscription.start(APRIL, ZoneOffset.UTC, "launch");
        Subscription atOnce = free.with(new Change.Cancel(april(15), false));
        assertThat(atOnce.ends()).contains(LocalDate.of(2028, 4, 16));
        assertThat(bill(atOnce).subtotal()).isEqualTo(2_475);
        Subscription later = free.with(new Change.Cancel(april(15), true));
        assertThat(bill(later).subtotal()).isEqualTo(4_950);
        for (Subscription over : List.of(atOnce, later)) {
            assertThat(RATING.rate(over, over.anchor().cycle(1), List.of()).lines())
                    .isEmpty();
        }
    }

    @Test
    void aNewVersionHoldsFromTheNextPeriodOrFromASwitch() {
        Subscription starter = Subscription.start(Instant.parse("2028-03-20T09:00:00Z"), ZoneOffset.UTC, "starter");
        // It begins on May 3, in the midst of the second period.
        assertThat(RATING.rate(starter, starter.anchor().cycle(1), List.of()).subtotal())
                .isEqualTo(2_999);
        assertThat(RATING.rate(starter, starter.anchor().cycle(2), List.of()).subtotal())
                .isEqualTo(3_499);
        Subscription again = starter.with(new Change.Switch(Instant.parse("2028-05-10T00:00:00Z"), "starter"));
        assertThat(RATING.rate(again, again.anchor().cycle(1), List.of()).lines())
                .extracting(BillLine::version)
                .containsExactly(1, 2);
    }

    @Test
    void whatMakesNoSenseIsRefusedByField() {
        PlanVersion growth = Shop.plans().get(3).terms();
        refused("effectiveFrom", () -> new PlanCatalogue(List.of(growth, version(2, growth.effectiveFrom()))));
        refused(
                "effectiveFrom",
                () -> new PlanCatalogue(
                        List.of(growth, version(2, growth.effectiveFrom().minusSeconds(1)))));
        refused("version", () -> new PlanCatalogue(List.of(growth, growth)));
        refused("version", () -> version(0, APRIL));
        refused(
                "currency",
                () -> new PlanVersion(
                        "gold",
                        1,
                        APRIL,
                        Currency.getInstance("XAU"),
                        BigDecimal.ONE,
                        Map.of(),
                        null,
                        null,
                        0,
                        List.of()));
        refused(
                "maximumSpend",
                () -> new PlanVersion(
                        "p",
                        1,
                        APRIL,
                        Currency.getInstance("USD"),
                        BigDecimal.ONE,
                        Map.of(),
                        BigDecimal.TEN,
                        BigDecimal.ONE,
                        0,
                        List.of()));
        Subscription cancelled =
                Subscription.start(APRIL, ZoneOffset.UTC, "growth").with(new Change.Cancel(april(5), false));
        refused("at", () -> cancelled.with(new Change.Switch(april(6), "free")));
        refused(
                "at",
                () -> Subscription.start(april(5), ZoneOffset.UTC, "growth").with(new Change.Switch(april(4), "free")));
        refused("plan", () -> bill(Subscription.start(APRIL, ZoneOffset.UTC, "none")));
        refused(
                "plan",
                () -> bill(
                        Subscription.start(APRIL, ZoneOffset.UTC, "yen").with(new Change.Switch(april(9), "growth"))));
        refused("quantity", () -> new Change.Extra(APRIL, Shop.SEATS.addOn(), -1));
        refused("metric", () -> Metric.of("smiles"));
        assertThatThrownBy(() -> bill(Subscription.start(APRIL, ZoneOffset.UTC, "growth"), calls(40, 1)))
                .hasMessageContaining("usage at");
    }

    private static PlanVersion version(int version, Instant from) {
        return new PlanVersion(
                "growth",
                version,
                from,
                Currency.getInstance("USD"),
                BigDecimal.ONE,
                Map.of(),
                null,
                null,
                0,
                List.of());
    }

    private static void refused(String field, Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(
                        InvalidTermsException.class,
                        refused -> assertThat(refused.field()).isEqualTo(field));
    }

    @Property(tries = 300)
    void whoSwitchesToAndFroPaysAsWhoDidSoOnce(
            @ForAll @IntRange(min = 2, max = 14) int out, @ForAll @IntRange(min = 15, max = 29) int back) {
        Subscription once = Subscription.start(APRIL, ZoneOffset.UTC, "launch")
                .with(new Change.Switch(april(31 - (back - out)), "growth"));
        Subscription twice = Subscription.start(APRIL, ZoneOffset.UTC, "launch")
                .with(new Change.Switch(april(out), "growth"))
                .with(new Change.Switch(april(back), "launch"));
        assertThat(bill(twice).subtotal()).isEqualTo(bill(once).subtotal());
        assertThat(bill(twice).lines()).hasSameSizeAs(bill(once).lines());
    }

    @Property(tries = 300)
    void neitherOrderNorSlicesOfUsageMatter(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int day) {
        Random random = new Random(seed);
        Subscription growth = Subscription.start(APRIL, ZoneId.of("Europe/Berlin"), "starter")
                .with(new Change.Switch(april(day), "growth"));
        List<Usage> whole = new ArrayList<>();
        List<Usage> slices = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int on = 1 + random.nextInt(29);
            int quantity = random.nextInt(400);
            int slice = random.nextInt(quantity + 1);
            whole.add(calls(on, quantity));
            slices.add(calls(on, slice));
            slices.add(calls(on, quantity - slice));
        }
        Collections.shuffle(slices, random);
        assertThat(RATING.rate(growth, growth.anchor().cycle(0), slices).lines())
                .extracting(BillLine::amount)
                .containsExactlyElementsOf(RATING.rate(growth, growth.anchor().cycle(0), whole).lines().stream()
                        .map(BillLine::amount)
                        .toList());
    }

    @Test
    void everyLineSaysWhatItIs() {
        Bill bill = bill(
                Subscription.start(APRIL, ZoneOffset.UTC, "growth")
                        .with(new Change.Extra(april(2), Shop.CALLS.addOn(), 3)),
                calls(9, 4_000));
        assertThat(bill.lines()).extracting(BillLine::kind).contains(Kind.ADD_ON, Kind.FEE, Kind.USAGE);
        assertThat(bill.lines()).extracting(BillLine::key).doesNotHaveDuplicates();
    }
}
