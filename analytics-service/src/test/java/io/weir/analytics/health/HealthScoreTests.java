package io.weir.analytics.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.health.HealthScore.Figures;
import io.weir.analytics.health.HealthScore.Grade;
import io.weir.analytics.health.HealthScore.Part;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthScoreTests {

    private static final TenantId TENANT = new TenantId(new UUID(1, 2));

    @Test
    void nothingWrongIsAHundred() {
        HealthScore score = score(100, 0, 100, 12, 0, "10", "100", Stage.NONE);
        assertThat(score.score()).isEqualTo(100);
        assertThat(score.grade()).isEqualTo(Grade.HEALTHY);
        assertThat(score.parts()).extracting(Part::score).containsOnly(100);
    }

    @Test
    void thePartsAreWeighedAndTheWorstStandsFirst() {
        // 1 of 50 failed: 60; 400 ms added: 50; a tenth met its quota: 90; 90 % spent: 50; capped: 40.
        HealthScore score = score(50, 1, 44, 400, 5, "90", "100", Stage.CAP_CONCURRENCY);
        // (40*60 + 25*50 + 15*90 + 10*50 + 10*40) / 100
        assertThat(score.score()).isEqualTo(59);
        assertThat(score.grade()).isEqualTo(Grade.SICK);
        assertThat(score.parts())
                .extracting(Part::name)
                .containsExactly("isolation", "budget", "latency", "errors", "quota");
        assertThat(score.parts().get(1).why()).isEqualTo("90.0% of the month's budget is spent");
        assertThat(score.parts().get(3).why()).isEqualTo("1 of 50 calls failed");
    }

    @Test
    void whatIsNotKnownDoesNotCount() {
        HealthScore none = score(0, 0, 0, 0, 0, "0", null, Stage.NONE);
        assertThat(none.score()).isNull();
        assertThat(none.grade()).isEqualTo(Grade.UNKNOWN);
        HealthScore spent = score(0, 0, 0, 0, 0, "100", "100", Stage.NONE);
        assertThat(spent.score()).isEqualTo(50);
        HealthScore held = score(0, 0, 0, 0, 0, "0", null, Stage.QUARANTINE);
        assertThat(held.score()).isZero();
        HealthScore refused = score(10, 0, 0, 0, 10, "0", null, Stage.NONE);
        assertThat(refused.parts()).extracting(Part::name).doesNotContain("latency", "budget");
    }

    @Property
    void moreThatFailsIsNeverHealthier(
            @ForAll @IntRange(min = 1, max = 10_000) int calls,
            @ForAll @IntRange(max = 10_000) int one,
            @ForAll @IntRange(max = 10_000) int other,
            @ForAll @IntRange(max = 100_000) int added) {
        int fewer = Math.min(calls, Math.min(one, other));
        int more = Math.min(calls, Math.max(one, other));
        Integer better =
                score(calls, fewer, calls, added, 0, "1", "2", Stage.NONE).score();
        Integer worse =
                score(calls, more, calls, added, 0, "1", "2", Stage.NONE).score();
        assertThat(better).isBetween(0, 100).isGreaterThanOrEqualTo(worse);
    }

    private static HealthScore score(
            long calls,
            long failed,
            long answered,
            long added,
            long overQuota,
            String spent,
            @Nullable String cap,
            Stage stage) {
        Figures figures = new Figures(
                TENANT,
                calls,
                failed,
                answered,
                added,
                overQuota,
                Amount.of(spent),
                cap == null ? null : Amount.of(cap),
                stage);
        return HealthScore.of(figures, Instant.EPOCH, Instant.EPOCH.plusSeconds(3600));
    }
}
