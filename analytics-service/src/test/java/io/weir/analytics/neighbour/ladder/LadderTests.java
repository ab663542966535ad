package io.weir.analytics.neighbour.ladder;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.neighbour.detection.Finding;
import io.weir.analytics.neighbour.detection.Finding.Victim;
import io.weir.analytics.neighbour.detection.SharedResource;
import io.weir.analytics.neighbour.detection.Use;
import io.weir.analytics.neighbour.detection.Use.Latest;
import io.weir.analytics.neighbour.detection.Use.Usual;
import io.weir.money.Amount;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LadderTests {

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final Duration LASTS = Duration.ofMinutes(5);
    private static final TenantId NOISY = new TenantId(new UUID(1, 1));
    private static final TenantId VICTIM = new TenantId(new UUID(2, 2));
    private static final Ladder LADDER = ladder(true);

    private final List<Case> history = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-23T08:00:00Z");
    private Watched watched = Watched.of(Case.blank(NOISY));

    private static Ladder ladder(boolean automatic) {
        return new Ladder(new Patience(automatic, WINDOW, STEP, 3, 6, LASTS));
    }

    @Test
    void oneStageAfterTheOtherWhileOthersSuffer() {
        rounds(LADDER, true, 2);
        assertThat(history).isEmpty();
        rounds(LADDER, true, 1);
        assertThat(stages()).containsExactly(Stage.LOWER_WEIGHT);
        assertThat(watched.last().until()).isEqualTo(watched.last().at().plus(LASTS));
        // For as long as a window, what is measured is from before the step.
        rounds(LADDER, true, 7);
        assertThat(stages()).hasSize(1);
        rounds(LADDER, true, 30);
        assertThat(stages()).containsExactly(Stage.LOWER_WEIGHT, Stage.CAP_CONCURRENCY, Stage.QUARANTINE, Stage.PAGE);
    }

    @Test
    void theLastStageIsRenewedBeforeItEnds() {
        rounds(LADDER, true, 100);
        assertThat(watched.last().cause()).isEqualTo(Cause.RENEWED);
        assertThat(watched.last().stage()).isEqualTo(Stage.PAGE);
        assertThat(watched.last().isOpen(now)).isTrue();
        for (int n = 1; n < history.size(); n++) {
            assertThat(history.get(n).at()).isBefore(history.get(n - 1).until());
        }
    }

    @Test
    void oneStageBackAfterEachCalm() {
        rounds(LADDER, true, 13);
        assertThat(watched.last().stage()).isEqualTo(Stage.CAP_CONCURRENCY);
        rounds(LADDER, false, 5);
        assertThat(watched.last().stage()).isEqualTo(Stage.CAP_CONCURRENCY);
        rounds(LADDER, false, 1);
        assertThat(watched.last().stage()).isEqualTo(Stage.LOWER_WEIGHT);
        assertThat(watched.last().cause()).isEqualTo(Cause.CALMED);
        rounds(LADDER, false, 6);
        assertThat(watched.last().stage()).isEqualTo(Stage.NONE);
        assertThat(watched.isOver()).isTrue();
    }

    @Test
    void whoRelapsesIsLetGoMoreSlowly() {
        rounds(LADDER, true, 3);
        rounds(LADDER, false, 6);
        rounds(LADDER, true, 3);
        assertThat(watched.last().relapses()).isOne();
        rounds(LADDER, false, 11);
        assertThat(watched.last().stage()).isEqualTo(Stage.LOWER_WEIGHT);
        rounds(LADDER, false, 1);
        assertThat(watched.last().stage()).isEqualTo(Stage.NONE);
    }

    @Test
    void aStageEndsByItself() {
        rounds(LADDER, true, 3);
        now = now.plus(LASTS);
        rounds(LADDER, false, 1);
        assertThat(watched.last().stage()).isEqualTo(Stage.NONE);
        assertThat(watched.last().cause()).isEqualTo(Cause.EXPIRED);
    }

    @Test
    void aPardonEndsItAndHoldsForItsTime() {
        rounds(LADDER, true, 13);
        Instant until = now.plus(Duration.ofMinutes(10));
        watched = watched.under(watched.last().pardoned(now, until, "load test", "key:op"));
        assertThat(watched.last().restriction().isInForce(now)).isFalse();
        int before = history.size();
        rounds(LADDER, true, 59);
        assertThat(history).hasSize(before);
        rounds(LADDER, true, 5);
        assertThat(watched.last().stage()).isEqualTo(Stage.LOWER_WEIGHT);
    }

    @Test
    void aDecisionThatCrossesAPardonIsOlder() {
        rounds(LADDER, true, 3);
        Case pardoned = watched.last().pardoned(now, now.plus(LASTS), "agreed", "key:op");
        Instant crossing = now.plusSeconds(1);
        assertThat(watched.last()
                        .decided(Stage.CAP_CONCURRENCY, Cause.ESCALATED, crossing)
                        .version())
                .isLessThan(pardoned.version());
    }

    @Test
    void whatAnOperatorRestrictsEndsAtItsTimeAlone() {
        Case byHand =
                Case.blank(NOISY).restricted(Stage.QUARANTINE, now, now.plus(Duration.ofHours(1)), "abuse", "key:op");
        watched = watched.under(byHand);
        rounds(LADDER, false, 300);
        assertThat(watched.last()).isEqualTo(byHand);
        rounds(LADDER, true, 59);
        assertThat(watched.last()).isEqualTo(byHand);
        rounds(LADDER, false, 2);
        assertThat(watched.last().stage()).isEqualTo(Stage.NONE);
    }

    @Test
    void switchedOffItIsSaidAndNotDone() {
        rounds(ladder(false), true, 3);
        assertThat(watched.last().stage()).isEqualTo(Stage.LOWER_WEIGHT);
        assertThat(watched.last().enforced()).isFalse();
    }

    @Test
    void switchingOffEndsWhatWasDone() {
        rounds(LADDER, true, 3);
        rounds(ladder(false), true, 1);
        assertThat(watched.last().cause()).isEqualTo(Cause.SWITCHED_OFF);
        assertThat(watched.last().enforced()).isTrue();
        assertThat(watched.last().restriction().isInForce(now)).isFalse();
    }

    @Test
    void whatOthersLostIsCountedOnce() {
        rounds(LADDER, true, 3);
        Impact impact = watched.last().impact();
        assertThat(impact.tenants()).containsExactly(VICTIM);
        assertThat(impact.tenantCount()).isOne();
        assertThat(impact.delayedCalls()).isEqualTo(12);
        assertThat(impact.delayedCostUsd()).isEqualTo(Amount.of("0.3"));
        assertThat(impact.refusedCalls()).isEqualTo(6);
        // Two of a third of a dollar, three times.
        assertThat(impact.lostRevenueUsd()).isEqualTo(Amount.of("2.000000000001"));
    }

    @Test
    void aDecisionIsReadBackAsItWasWritten() {
        rounds(LADDER, true, 3);
        assertThat(SnapshotJson.read(SnapshotJson.write(watched.last()), Case.class))
                .isEqualTo(watched.last());
    }

    @Property
    void noStageIsSkippedVersionsRiseAndThePatienceIsKept(@ForAll @Size(max = 300) List<Boolean> noisy) {
        LadderTests run = new LadderTests();
        int findings = 0;
        for (boolean one : noisy) {
            run.rounds(LADDER, one, 1);
            findings += one ? 1 : 0;
        }
        Stage before = Stage.NONE;
        long version = 0;
        int up = 0;
        for (Case decided : run.history) {
            assertThat(decided.version()).isGreaterThan(version);
            version = decided.version();
            if (decided.cause() == Cause.ESCALATED) {
                assertThat(decided.stage()).isEqualTo(before.further());
                up++;
            }
            before = decided.stage();
        }
        assertThat(up * 3).isLessThanOrEqualTo(findings);
    }

    private List<Stage> stages() {
        return history.stream().map(Case::stage).toList();
    }

    private void rounds(Ladder ladder, boolean noisy, int count) {
        for (int n = 0; n < count; n++) {
            now = now.plus(STEP);
            Watched after = ladder.after(watched, noisy ? finding() : null, now);
            if (after.last().version() != watched.last().version()) {
                history.add(after.last());
            }
            watched = after;
        }
    }

    private static @Nullable Finding finding() {
        Use victim = new Use(
                new SharedResource("openai", "gpt-4o"),
                VICTIM,
                1,
                100,
                20,
                2,
                900,
                new Usual(300, 0, 100, 10, Amount.of("100")),
                new Latest(4, 2, Amount.of("0.1")));
        return new Finding(NOISY, victim.resource(), 8.5, List.of(new Victim(victim, true, true)));
    }
}
