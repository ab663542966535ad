package io.weir.local.prove.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.lanes.generator.Distribution;
import io.weir.local.prove.lanes.generator.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTests {

    private static final long MILLI = 1_000_000;
    private static final Lane DIRECT = new Lane(Lane.DIRECT, "", 1, Map.of(), Map.of());
    private static final Lane WEIR = new Lane(Lane.WEIR, "", 2, Map.of(), Map.of());
    private static final Lane PEER = new Lane(Lane.PEER, "1.15.2", 3, Map.of(), Map.of());

    private final List<Turn> turns = new ArrayList<>();

    private static Tally tally(long requests, long millis, long failures) {
        Distribution times = new Distribution(requests, millis * MILLI, millis * MILLI, millis * MILLI);
        Distribution frames = new Distribution(requests, millis * 10_000, millis * 10_000, millis * 10_000);
        return new Tally(
                requests, requests, 1_000, failures, failures == 0 ? "" : "503 why", times, times, frames, 512);
    }

    private void turn(Lane lane, int round, Tally tally) {
        for (Shape shape : Shape.values()) {
            turns.add(new Turn(
                    shape,
                    lane.name(),
                    round,
                    tally,
                    Duration.ofSeconds(1),
                    new ProcessorTime(Map.of("gateway-service", Duration.ofMillis(500)))));
        }
    }

    private Report report(List<Lane> lanes) {
        return new Report(turns, lanes, List.of());
    }

    @Test
    void whatIsAddedIsTakenRoundByRound() {
        // The machine was slower in the second round, for both alike.
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(500, 21, 0));
        turn(DIRECT, 2, tally(1_000, 50, 0));
        turn(WEIR, 2, tally(500, 51, 0));

        Report report = report(List.of(DIRECT, WEIR));

        assertThat(report.lines())
                .contains(
                        "| Weir | 36.00 (21.00 to 51.00) | 36.00 (21.00 to 51.00) | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) |")
                .contains("| a call at 20 ms, added p50 | less than 2 ms | 1.00 (1.00 to 1.00) ms | yes |")
                .contains("| Weir | gateway-service | 1,000 (1,000 to 1,000) |")
                .contains("| what they take of the processors | less than 1 cores | 0.50 (0.50 to 0.50) cores | yes |");
        assertThat(report.isMet()).isTrue();
    }

    @Test
    void withoutAPeerItsBarIsNotJudgedAndWithOneItIs() {
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(499, 20, 0));
        assertThat(report(List.of(DIRECT, WEIR)).lines())
                .contains(
                        "| requests a second, 32 connections | at least 5 times Portkey | - times Portkey | not judged |");

        turn(PEER, 1, tally(100, 20, 0));
        Report compared = report(List.of(DIRECT, WEIR, PEER));

        assertThat(compared.lines())
                .contains(
                        "| requests a second, 32 connections | at least 5 times Portkey | 5.0 (5.0 to 5.0) times Portkey | no |");
        assertThat(compared.isMet()).isFalse();
    }

    @Test
    void aSlowMedianOrAFailedCallMissesTheBar() {
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(500, 23, 0));
        assertThat(report(List.of(DIRECT, WEIR)).isMet()).isFalse();

        turns.clear();
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(500, 20, 2));
        Report failed = report(List.of(DIRECT, WEIR));

        assertThat(failed.isMet()).isFalse();
        assertThat(failed.lines())
                .contains("- failed: 2 of 502 calls, Weir, instant upstream, 32 connections, round 1: 503 why");
    }

    @Test
    void aRunInWhichWeirMadeNoCallIsNone() {
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(0, 0, 0));

        assertThat(report(List.of(DIRECT, WEIR)).isMet()).isFalse();
    }

    @Test
    void aTurnInWhichEveryCallFailedHasNoFigures() {
        turn(DIRECT, 1, tally(1_000, 20, 0));
        turn(WEIR, 1, tally(500, 21, 0));
        turn(PEER, 1, tally(0, 0, 30));

        Report report = report(List.of(DIRECT, WEIR, PEER));

        assertThat(report.lines())
                .contains("Lanes: direct, Weir, Portkey 1.15.2.")
                .contains("| Portkey | - | - | - | - |")
                .contains("- failed: 30 of 30 calls, Portkey, instant upstream, 32 connections, round 1: 503 why")
                .contains(
                        "| requests a second, 32 connections | at least 5 times Portkey | - times Portkey | not judged |");
    }
}
