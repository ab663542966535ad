package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Tally;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What Weir is to be like.
final class Bars {

    private static final double MILLI = 1e6;
    private static final double MICRO = 1e3;
    private static final double SECOND = 1e9;

    private static final double ADDED_P50_MILLIS = 2;
    private static final double ADDED_P99_MILLIS = 5;
    private static final double OF_THE_PEER = 5;
    private static final double ADDED_FIRST_FRAME_MILLIS = 2;
    private static final double ADDED_PER_FRAME_MICROS = 100;

    private Bars() {}

    /// Medians over the rounds; what is added, round by round against the direct lane.
    static List<Bar> of(Figures figures) {
        return List.of(
                Bar.below(
                        "a call at 20 ms, added p50",
                        "ms",
                        added(figures, Shape.PACED, tally -> tally.times().p50()),
                        MILLI,
                        ADDED_P50_MILLIS),
                Bar.below(
                        "a call at 20 ms, added p99",
                        "ms",
                        added(figures, Shape.PACED, tally -> tally.times().p99()),
                        MILLI,
                        ADDED_P99_MILLIS),
                Bar.atLeast(
                        "requests a second, 32 connections",
                        "times " + Lane.PEER,
                        figures.times(
                                Shape.INSTANT,
                                Lane.WEIR,
                                Lane.PEER,
                                turn -> turn.tally().rate()),
                        OF_THE_PEER),
                Bar.below(
                        "time to the first frame, added p99",
                        "ms",
                        added(
                                figures,
                                Shape.STREAMED,
                                tally -> tally.firstFrames().p99()),
                        MILLI,
                        ADDED_FIRST_FRAME_MILLIS),
                Bar.below(
                        "time of a frame, added p99",
                        "us",
                        added(figures, Shape.STREAMED, tally -> tally.frames().p99()),
                        MICRO,
                        ADDED_PER_FRAME_MICROS),
                Bar.atLeast(
                        "streams open at once",
                        "streams",
                        figures.over(
                                Shape.OPEN_STREAMS,
                                Lane.WEIR,
                                turn -> turn.tally().mostOpen()),
                        Shape.OPEN_STREAMS.connections()),
                Bar.below(
                        "longest any of their frames took",
                        "s",
                        figures.over(
                                Shape.OPEN_STREAMS,
                                Lane.WEIR,
                                turn -> turn.tally().frames().most()),
                        SECOND,
                        1),
                Bar.below(
                        "what they take of the processors",
                        "cores",
                        figures.over(Shape.OPEN_STREAMS, Lane.WEIR, Bars::own),
                        1,
                        1));
    }

    private static Spread added(Figures figures, Shape shape, ToDoubleFunction<Tally> figure) {
        return figures.more(shape, Lane.WEIR, Lane.DIRECT, turn -> figure.applyAsDouble(turn.tally()));
    }

    /// All processes of the lane.
    static double own(Turn turn) {
        return turn.time().taken().keySet().stream()
                .filter(process -> !process.equals(Campaign.GENERATOR) && !process.equals(Campaign.UPSTREAM))
                .mapToDouble(turn::cores)
                .sum();
    }
}
