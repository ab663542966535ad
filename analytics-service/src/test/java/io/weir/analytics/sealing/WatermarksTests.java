package io.weir.analytics.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatermarksTests {

    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private final Watermarks watermarks = new Watermarks(SILENCE);

    @Test
    void theSlowestProducerOfTheSlowestPartitionDecides() {
        watermarks.assigned(List.of(0, 1), START);
        tick(0, "a", 70);
        tick(0, "b", 65);
        tick(1, "a", 68);
        caughtUp(0, 71);
        assertThat(watermarks.lowest())
                .as("partition 1 is not known to be read")
                .isEmpty();
        caughtUp(1, 71);
        assertThat(watermarks.lowest()).contains(at(65));
        tick(0, "b", 72);
        caughtUp(0, 72);
        assertThat(watermarks.lowest()).contains(at(68));
    }

    @Test
    void rightAfterTheAssignmentAnUnheardProducerMayBeAlive() {
        watermarks.assigned(List.of(0), START);
        tick(0, "a", 10);
        caughtUp(0, 60);
        assertThat(watermarks.lowest()).isEmpty();
        caughtUp(0, 61);
        assertThat(watermarks.lowest()).isPresent();
    }

    @Test
    void aSilentProducerIsDeadAndAPartitionWithoutAnyFollowsTheWallClock() {
        watermarks.assigned(List.of(0), START);
        tick(0, "a", 70);
        tick(0, "b", 90);
        caughtUp(0, 100);
        assertThat(watermarks.lowest()).contains(at(70));
        caughtUp(0, 131);
        assertThat(watermarks.lowest()).contains(at(90));
        caughtUp(0, 200);
        assertThat(watermarks.lowest()).contains(at(140));
    }

    @Test
    void aBacklogIsNotSilence() {
        watermarks.assigned(List.of(0), START);
        tick(0, "a", 70);
        caughtUp(0, 100);
        // Ten minutes without reading: nobody can say that a was silent.
        watermarks.observed(0, "a", 1, at(75), false, at(700));
        assertThat(watermarks.lowest()).contains(at(70));
        caughtUp(0, 701);
        assertThat(watermarks.lowest()).contains(at(75));
    }

    @Test
    void theLastTickEndsAProducerAndANewEpochReplacesTheOld() {
        watermarks.assigned(List.of(0), START);
        tick(0, "a", 70);
        tick(0, "b", 90);
        watermarks.observed(0, "a", 1, at(71), true, at(91));
        caughtUp(0, 92);
        assertThat(watermarks.lowest()).contains(at(90));
        watermarks.observed(0, "b", 2, at(95), false, at(95));
        watermarks.observed(0, "b", 1, at(99), false, at(99));
        caughtUp(0, 100);
        assertThat(watermarks.lowest()).contains(at(95));
    }

    @Test
    void aClockThatRunsAheadClosesNothingEarly() {
        watermarks.assigned(List.of(0), START);
        watermarks.observed(0, "a", 1, at(1_000_000), false, at(70));
        caughtUp(0, 71);
        assertThat(watermarks.lowest()).contains(at(70));
    }

    @Test
    void itNeverMovesBackAndForgetsPartitionsThatWereTakenAway() {
        watermarks.assigned(List.of(0, 1), START);
        tick(0, "a", 90);
        tick(1, "a", 80);
        caughtUp(0, 91);
        caughtUp(1, 91);
        tick(0, "slow", 50);
        caughtUp(0, 92);
        assertThat(watermarks.lowest()).contains(at(80));
        watermarks.assigned(List.of(0), at(92));
        assertThat(watermarks.lowest()).contains(at(90));
        watermarks.assigned(List.of(), at(93));
        assertThat(watermarks.lowest()).isEmpty();
    }

    @Test
    void whatIsMissingHoldsItBackUntilItIsThereAfterAll() {
        watermarks.assigned(List.of(0, 1), START);
        tick(0, "a", 70);
        tick(1, "a", 70);
        watermarks.missing(0, at(75));
        tick(0, "a", 90);
        tick(1, "a", 90);
        caughtUp(0, 91);
        caughtUp(1, 91);
        assertThat(watermarks.lowest()).contains(at(75));
        // Also when its producer is long dead.
        caughtUp(0, 600);
        caughtUp(1, 600);
        assertThat(watermarks.lowest()).contains(at(75));
        watermarks.missing(0, Instant.MAX);
        caughtUp(0, 601);
        assertThat(watermarks.lowest()).contains(at(540));
    }

    @Test
    void aGapThatIsFoundLateDoesNotMoveItBack() {
        watermarks.assigned(List.of(0), START);
        tick(0, "a", 90);
        caughtUp(0, 91);
        watermarks.missing(0, at(10));
        caughtUp(0, 92);
        assertThat(watermarks.lowest()).contains(at(90));
    }

    private void tick(int partition, String producer, long second) {
        watermarks.observed(partition, producer, 1, at(second), false, at(second));
    }

    private void caughtUp(int partition, long second) {
        watermarks.caughtUp(partition, at(second));
    }

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }
}
