package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Order;
import io.weir.local.prove.lanes.generator.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// All lanes in turns: in each round each shape on one lane after the other, so that whatever else the machine does
/// meets all of them alike. Blocks.
public final class Campaign {

    static final String GENERATOR = "generator";
    static final String UPSTREAM = "upstream";

    private static final int ROUNDS = 5;
    private static final int WARM_TURNS = 4;
    private static final long LONGEST_WARM_UP_MILLIS = 30_000;

    private final List<Lane> lanes;
    private final Companion generator;
    private final Companion upstream;
    private final Length length;
    private final Consumer<String> progress;

    /// @param whole how long all turns take, roughly; each takes a second at least, and a minute at most
    public Campaign(
            List<Lane> lanes, Companion generator, Companion upstream, Duration whole, Consumer<String> progress) {
        this.lanes = List.copyOf(lanes);
        this.generator = generator;
        this.upstream = upstream;
        this.length = Length.of(whole, ROUNDS * lanes.size() * Shape.values().length);
        this.progress = progress;
    }

    /// Everything warm, then all rounds.
    public Report run(List<Lane.Absent> absent) throws IOException {
        warmUp();
        List<Turn> turns = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            for (Shape shape : Shape.values()) {
                upstream.set(shape.pace(length));
                for (Lane lane : lanes) {
                    turns.add(take(shape, lane, round));
                }
            }
        }
        return new Report(turns, lanes, absent);
    }

    private void warmUp() throws IOException {
        long millis = Math.min(LONGEST_WARM_UP_MILLIS, WARM_TURNS * length.millis());
        for (Shape shape : List.of(Shape.STREAMED, Shape.INSTANT)) {
            Length warm = new Length(length.leadMillis(), shape == Shape.INSTANT ? millis : millis / 2);
            upstream.set(shape.pace(warm));
            for (Lane lane : lanes) {
                progress.accept("warming up " + lane.name());
                Tally tally = generator.make(shape.order(lane, warm));
                // A rival that fails is told in the results.
                boolean isNeeded =
                        lane.name().equals(Lane.DIRECT) || lane.name().equals(Lane.WEIR);
                if (tally.made() == 0 && isNeeded) {
                    throw new IOException("no call succeeds by way of " + lane.name() + ": " + tally.firstFailure());
                }
            }
        }
    }

    private Turn take(Shape shape, Lane lane, int round) throws IOException {
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        processes.put(GENERATOR, generator.process());
        processes.put(UPSTREAM, upstream.process());
        processes.putAll(lane.processes());
        Order order = shape.order(lane, length);
        ProcessorTime before = ProcessorTime.of(processes);
        long began = System.nanoTime();
        Tally tally = generator.make(order);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        ProcessorTime time = ProcessorTime.of(processes).since(before);
        progress.accept(String.format(
                Locale.ROOT,
                "round %d of %d, %s, %s: %.0f a second%s",
                round,
                ROUNDS,
                shape.title(),
                lane.name(),
                tally.rate(),
                tally.failures() == 0 ? "" : ", " + tally.failures() + " failed: " + tally.firstFailure()));
        return new Turn(shape, lane.name(), round, tally, took, time);
    }
}
