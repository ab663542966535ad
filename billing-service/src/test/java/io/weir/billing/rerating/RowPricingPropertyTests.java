package io.weir.billing.rerating;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rerating.Rerated.Delta;
import io.weir.billing.rerating.RowPricing.Outcome;
import io.weir.billing.rerating.UsageRow.Line;
import io.weir.billing.rerating.UsageRow.Unpriced;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class RowPricingPropertyTests {

    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant OCTOBER = Instant.parse("2026-10-01T00:00:00Z");
    private static final PriceBookSnapshot BEFORE = book("2", "0.2", "10", 1);
    private static final PriceBookSnapshot AFTER = book("2", "0.3", "10", 2);

    @Property
    void rowsThatTheCorrectionDoesNotTouchAreReproducedToTheLastDigitAndTheDeltaIsAllThatMoves(
            @ForAll("months") List<UsageRow> month) {
        RowPricing pricing = new RowPricing(new Books(List.of(AFTER)), Release.NOTHING);
        Rerated rerated = new Rerated();
        Amount expected = Amount.ZERO;
        for (UsageRow row : month) {
            Outcome outcome = pricing.of(row);
            rerated.add(row, outcome);
            long cached = row.buckets().of(Meter.TEXT_IN_CACHED);
            if (cached == 0) {
                assertThat(outcome).isEqualTo(new Outcome.Unchanged());
            } else {
                assertThat(outcome).isInstanceOf(Outcome.Changed.class);
            }
            // Only the cached rate was corrected, by 0.1 per million.
            expected = expected.plus(Rate.perMillion("0.1").times(cached));
        }
        assertThat(sum(rerated.deltas())).isEqualTo(expected);
        assertThat(rerated.tenants().stream().map(Rerated.OfTenant::difference).reduce(Amount.ZERO, Amount::plus))
                .isEqualTo(expected);
        assertThat(rerated.tenants().stream()
                        .mapToLong(one -> one.unchanged() + one.changed())
                        .sum())
                .isEqualTo(month.size());
        assertThat(rerated.deltas()).allSatisfy(delta -> {
            assertThat(delta.key().meter()).isEqualTo(Meter.TEXT_IN_CACHED);
            assertThat(delta.quantity()).isZero();
        });
    }

    @Property(tries = 200)
    void theSameBookMovesNothing(@ForAll("months") List<UsageRow> month) {
        RowPricing pricing = new RowPricing(new Books(List.of(BEFORE)), Release.NOTHING);
        Rerated rerated = new Rerated();
        month.forEach(row -> rerated.add(row, pricing.of(row)));
        assertThat(rerated.deltas()).isEmpty();
        assertThat(rerated.tenants()).allSatisfy(one -> assertThat(one.after()).isEqualTo(one.before()));
    }

    @Example
    void whatHadNoPriceIsReleasedOnlyAsSomebodySays() {
        UsageRow dreamt = unpriced("unknown_meter", Map.of("dreams", 1_000_000L));
        assertThat(outcome(dreamt, Release.NOTHING)).isEqualTo(new Outcome.StillUnpriced());
        assertThat(outcome(dreamt, Release.of(Map.of("gemini:dreams", "text_out"), true)))
                .isEqualTo(new Outcome.StillUnpriced());
        // 1,000 of text at 2 per million, a million dreams as text at 10 per million.
        assertThat(outcome(dreamt, Release.of(Map.of("openai:dreams", "text_out"), false)))
                .isInstanceOfSatisfying(
                        Outcome.Released.class,
                        released -> assertThat(released.cost()).isEqualTo(Amount.of("10.002")));
        assertThat(outcome(dreamt, Release.of(Map.of("openai:dreams", "none"), false)))
                .isInstanceOfSatisfying(
                        Outcome.Released.class,
                        released -> assertThat(released.cost()).isEqualTo(Amount.of("0.002")));
        UsageRow odd = unpriced("not_credible", Map.of());
        assertThat(outcome(odd, Release.NOTHING)).isEqualTo(new Outcome.StillUnpriced());
        assertThat(outcome(odd, new Release(Map.of(), true)))
                .isInstanceOfSatisfying(
                        Outcome.Released.class,
                        released -> assertThat(released.cost()).isEqualTo(Amount.of("0.002")));
        assertThat(outcome(unpriced("no_price", Map.of("text_in", 1_000L)), Release.NOTHING))
                .isInstanceOf(Outcome.Released.class);
    }

    @Example
    void whatNoRatesMakeUpAndWhatNoBookKnowsStays() {
        UsageRow priced = row(TenantId.PLATFORM, Quantities.of(Meter.TEXT_IN_CACHED, 1_000), 0);
        UsageRow recovered = with(priced, List.of(), Amount.of("0.5"), "list");
        assertThat(outcome(recovered, Release.NOTHING)).isEqualTo(new Outcome.Kept());
        UsageRow cut = with(priced, priced.lines(), Amount.of("0.0000001"), "list");
        assertThat(outcome(cut, Release.NOTHING)).isEqualTo(new Outcome.Kept());
        UsageRow elsewhere = with(priced, priced.lines(), priced.cost(), "gone");
        assertThat(outcome(elsewhere, Release.NOTHING)).isEqualTo(new Outcome.Kept());
    }

    @Example
    void whatWasRecoveredOrCutAtItsCeilingStaysAlsoWhereTheBookHasAPriceForItsMeters() {
        Rate half = Rate.perMillion("500000");
        UsageRow request = row(TenantId.PLATFORM, Quantities.of(Meter.TEXT_OUT, 1), 0);
        Amount paid = Amount.of("0.5");
        List<Line> recovered = List.of(new Line(Meter.REQUEST, 1, half, "recovered", paid));
        assertKept(like(request, Quantities.of(Meter.REQUEST, 1), recovered, paid, null, null));
        // 1,000 at 10 per million; 400 of them are what was held.
        UsageRow whole = row(TenantId.PLATFORM, Quantities.of(Meter.TEXT_OUT, 1_000), 0);
        Line all = whole.lines().getFirst();
        Line part = new Line(Meter.TEXT_OUT, 400, all.rate(), all.ruleId(), Amount.of("0.004"));
        assertKept(like(whole, whole.buckets(), List.of(part), part.cost(), "list", Amount.of("0.006")));
        Line rest = new Line(Meter.REQUEST, 1, Rate.perMillion("5"), "ceiling", Amount.of("0.000005"));
        assertKept(like(whole, whole.buckets(), List.of(part, rest), Amount.of("0.004005"), "list", null));
    }

    private static void assertKept(UsageRow row) {
        PriceBookSnapshot book = book("2", "0.3", "10", 3);
        List<Rule> rules = new ArrayList<>(book.rules());
        rules.add(new Rule(
                "openai/m/request", "openai", "m", Meter.REQUEST, Rate.perMillion("7"), "standard", 0, JANUARY, null));
        PriceBookSnapshot withRequests =
                new PriceBookSnapshot("list", "test", book.observedAt(), book.models(), rules, book.version());
        assertThat(new RowPricing(new Books(List.of(withRequests)), Release.NOTHING).of(row))
                .isEqualTo(new Outcome.Kept());
    }

    @Example
    void anEarlierReleaseIsNotTakenBackByALaterOneWithoutIt() {
        Release earlier = Release.of(Map.of("openai:dreams", "text_out", "openai:smells", "none"), true);
        Release later = Release.of(Map.of("openai:dreams", "text_in"), false);
        assertThat(later.over(earlier))
                .isEqualTo(Release.of(Map.of("openai:dreams", "text_in", "openai:smells", "none"), true));
    }

    @Provide
    Arbitrary<List<UsageRow>> months() {
        Arbitrary<Long> quantity = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 50),
                Arbitraries.longs().between(0, 400_000));
        Arbitrary<Integer> hour = Arbitraries.integers().between(0, 743);
        Arbitrary<TenantId> tenant = Arbitraries.integers().between(1, 3).map(n -> new TenantId(new UUID(7L << 12, n)));
        return Combinators.combine(tenant, quantity, quantity, quantity, hour)
                .as((of, in, cached, out, at) -> row(
                        of,
                        new Quantities(Map.of(Meter.TEXT_IN, in, Meter.TEXT_IN_CACHED, cached, Meter.TEXT_OUT, out)),
                        at))
                .filter(row -> !row.lines().isEmpty())
                .list()
                .ofMaxSize(40);
    }

    private static Outcome outcome(UsageRow row, Release release) {
        return new RowPricing(new Books(List.of(AFTER)), release).of(row);
    }

    private static Amount sum(List<Delta> deltas) {
        return deltas.stream().map(Delta::cost).reduce(Amount.ZERO, Amount::plus);
    }

    // As the call was priced: by the book of then.
    private static UsageRow row(TenantId tenant, Quantities used, int hour) {
        Instant at = OCTOBER.plusSeconds(hour * 3_600L);
        PriceList list = new PriceList(BEFORE);
        Priced.Complete priced = (Priced.Complete) list.price(list.model("m").orElseThrow(), used, at);
        List<Line> lines = priced.lines().stream()
                .map(line -> new Line(line.meter(), line.quantity(), line.rate(), line.ruleId(), line.cost()))
                .toList();
        return new UsageRow(
                tenant, at, at, "r", 1, "openai", "m", null, at, null, used, "list", lines, priced.cost(), null);
    }

    private static UsageRow unpriced(String reason, Map<String, Long> meters) {
        return new UsageRow(
                TenantId.PLATFORM,
                OCTOBER,
                OCTOBER,
                "r",
                1,
                "openai",
                "m",
                null,
                OCTOBER,
                new Unpriced(reason, meters),
                Quantities.of(Meter.TEXT_IN, 1_000),
                null,
                List.of(),
                Amount.ZERO,
                null);
    }

    private static UsageRow with(UsageRow row, List<Line> lines, Amount cost, @Nullable String book) {
        return like(row, row.buckets(), lines, cost, book, null);
    }

    private static UsageRow like(
            UsageRow row,
            Quantities buckets,
            List<Line> lines,
            Amount cost,
            @Nullable String book,
            @Nullable Amount breach) {
        return new UsageRow(
                row.tenantId(),
                row.hour(),
                row.time(),
                row.requestId(),
                1,
                "openai",
                "m",
                null,
                row.pricedAt(),
                null,
                buckets,
                book,
                lines,
                cost,
                breach);
    }

    private static PriceBookSnapshot book(String in, String cached, String out, long version) {
        List<Rule> rules = new ArrayList<>();
        Map.of(Meter.TEXT_IN, in, Meter.TEXT_IN_CACHED, cached, Meter.TEXT_OUT, out)
                .forEach((meter, rate) -> rules.add(new Rule(
                        "openai/m/" + meter.wireName() + "@2026-01-01",
                        "openai",
                        "m",
                        meter,
                        Rate.perMillion(rate),
                        "standard",
                        0,
                        JANUARY,
                        null)));
        return new PriceBookSnapshot(
                "list",
                "test",
                LocalDate.of(2026, 1, 1),
                List.of(new Model("openai", "m", "chat", 1_000_000, 1_000, 0)),
                rules,
                version);
    }
}
