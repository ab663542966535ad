package io.weir.analytics.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.analytics.sla.Availability.Counted;
import io.weir.analytics.sla.SlaProperties.Credit;
import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AvailabilityTests {

    private static final TenantId TENANT = new TenantId(new UUID(1, 2));
    private static final YearMonth MONTH = YearMonth.of(2028, 2);
    private static final SlaProperties USUAL = new SlaProperties(Duration.ofMinutes(5), null, null);

    @Test
    void whoHadWhatWasPromisedGetsNothing() {
        Availability kept = of("growth", 10_000, 10);
        assertThat(kept.available()).isEqualByComparingTo("99.9");
        assertThat(kept.objective()).isEqualByComparingTo("99.9");
        assertThat(kept.budgetLeft()).isEqualByComparingTo("0");
        assertThat(kept.creditUsd()).isEqualTo(Amount.ZERO);
    }

    @Test
    void theFurtherBelowTheMoreIsDue() {
        assertThat(of("growth", 10_000, 11).creditUsd()).isEqualTo(Amount.of("29.9"));
        assertThat(of("growth", 10_000, 100).creditUsd()).isEqualTo(Amount.of("29.9"));
        assertThat(of("growth", 10_000, 101).creditUsd()).isEqualTo(Amount.of("74.75"));
        assertThat(of("growth", 10_000, 501).creditUsd()).isEqualTo(Amount.of("299"));
        assertThat(of("growth", 10_000, 20).budgetLeft()).isEqualByComparingTo("-1");
    }

    @Test
    void whatIsNearlyAllIsNotRoundedToAll() {
        assertThat(of("enterprise", 100_000_000, 1).available()).isEqualByComparingTo("99.99999");
        assertThat(of("enterprise", 2_000_000, 1_001).creditPercent()).isEqualByComparingTo("10");
    }

    @Test
    void withoutCallsPromiseOrTermsNothingIsDue() {
        assertThat(of("growth", 0, 0).available()).isNull();
        assertThat(of("growth", 0, 0).creditPercent()).isZero();
        assertThat(of("own plan", 10, 10).creditPercent()).isZero();
        Availability unknown = Availability.of(new Counted(TENANT, 10, 10), "growth", MONTH, true, null, USUAL);
        assertThat(unknown.creditPercent()).isEqualByComparingTo("100");
        assertThat(unknown.creditUsd()).isEqualTo(Amount.ZERO);
    }

    @Property
    void lessIsNeverPaidForMoreTrouble(
            @ForAll @LongRange(min = 1, max = 1_000_000) long calls,
            @ForAll @LongRange(max = 1_000_000) long one,
            @ForAll @LongRange(max = 1_000_000) long other) {
        Availability fewer = of("starter", calls, Math.min(calls, Math.min(one, other)));
        Availability more = of("starter", calls, Math.min(calls, Math.max(one, other)));
        assertThat(more.creditUsd()).isGreaterThanOrEqualTo(fewer.creditUsd());
        assertThat(more.creditUsd()).isLessThanOrEqualTo(terms().monthlyFee());
    }

    @Test
    void whatIsNoPercentageIsRefusedByName() {
        assertThatThrownBy(
                        () -> new SlaProperties(Duration.ofMinutes(5), Map.of("growth", BigDecimal.valueOf(101)), null))
                .hasMessageContaining("weir.analytics.sla.objectives.growth: 101");
        assertThatThrownBy(() -> new Credit(BigDecimal.valueOf(-1), BigDecimal.TEN))
                .hasMessageContaining("weir.analytics.sla.credits.below");
        assertThatThrownBy(() -> new SlaProperties(Duration.ZERO, null, null))
                .hasMessageContaining("weir.analytics.sla.every");
    }

    @Test
    void creditsAreOrderedHoweverTheyWereWritten() {
        SlaProperties own = new SlaProperties(
                Duration.ofMinutes(5),
                Map.of("growth", BigDecimal.valueOf(99)),
                List.of(
                        new Credit(null, BigDecimal.valueOf(5)),
                        new Credit(BigDecimal.valueOf(50), BigDecimal.valueOf(80)),
                        new Credit(BigDecimal.valueOf(90), BigDecimal.valueOf(40))));
        BigDecimal objective = BigDecimal.valueOf(99);
        assertThat(own.credit(BigDecimal.valueOf(98), objective)).isEqualByComparingTo("5");
        assertThat(own.credit(BigDecimal.valueOf(89), objective)).isEqualByComparingTo("40");
        assertThat(own.credit(BigDecimal.valueOf(49), objective)).isEqualByComparingTo("80");
        assertThat(own.objective("enterprise")).isNull();
    }

    /// Who is paged and who is paid go by the same numbers.
    @Test
    void theObjectivesAreThoseOfTheAlerts() throws IOException {
        String rules = Files.readString(Path.of("../helm/weir/rules/objectives.yaml"));
        Matcher matcher = Pattern.compile(
                        "record: plan:weir_availability:budget\\s+expr: vector\\(([0-9.]+)\\)\\s+labels: \\{plan:"
                                + " (\\w+)}")
                .matcher(rules);
        Map<String, BigDecimal> objectives = new HashMap<>();
        while (matcher.find()) {
            objectives.put(
                    matcher.group(2),
                    BigDecimal.ONE.subtract(new BigDecimal(matcher.group(1))).movePointRight(2));
        }
        assertThat(objectives).hasSize(4);
        objectives.forEach(
                (plan, objective) -> assertThat(USUAL.objective(plan)).as(plan).isEqualByComparingTo(objective));
    }

    private static Availability of(String plan, long calls, long failed) {
        return Availability.of(new Counted(TENANT, calls, failed), plan, MONTH, true, terms(), USUAL);
    }

    private static Terms terms() {
        return new Terms(
                Instant.EPOCH,
                Amount.of("299"),
                1_000L,
                Period.MONTH,
                Rate.of("0.01"),
                Rate.of("1.1"),
                1_000,
                null,
                null,
                null,
                null);
    }
}
