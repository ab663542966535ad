package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Tally;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a run shows, as Markdown and as a summary.
public final class Report {

    private static final double MILLI = 1e6;
    private static final double MICRO = 1e3;
    private static final String MILLIS = "%.2f";
    private static final String WHOLE = "%,.0f";

    private final Figures figures;
    private final List<Turn> turns;
    private final List<Lane> lanes;
    private final List<Lane.Absent> absent;
    private final List<Bar> bars;

    Report(List<Turn> turns, List<Lane> lanes, List<Lane.Absent> absent) {
        this.turns = List.copyOf(turns);
        this.figures = new Figures(turns);
        this.lanes = List.copyOf(lanes);
        this.absent = List.copyOf(absent);
        this.bars = Bars.of(figures);
    }

    /// Weir was called in every shape, no call of it failed, and every bar that could be judged is met.
    public boolean isMet() {
        boolean isWhole = Stream.of(Shape.values())
                .noneMatch(shape -> figures.of(shape, Lane.WEIR).isEmpty());
        return isWhole && failures() == 0 && bars.stream().noneMatch(bar -> bar.verdict() == Bar.Verdict.MISSED);
    }

    private long failures() {
        return turns.stream()
                .filter(turn -> turn.lane().equals(Lane.WEIR))
                .mapToLong(turn -> turn.tally().failures())
                .sum();
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        absent.forEach(one -> lines.addAll(List.of("Not run: " + one.name() + ". " + one.why() + ".", "")));
        lines.add(lanes.stream()
                .map(lane -> lane.name() + (lane.version().isEmpty() ? "" : " " + lane.version()))
                .collect(Collectors.joining(", ", "Lanes: ", ".")));
        lines.add("Each figure is the median of the rounds, in brackets the least and the most; what is added is taken"
                + " round by round against the direct lane.");
        paced(lines);
        instant(lines);
        streamed(lines);
        openStreams(lines);
        failed(lines);
        bars(lines);
        return lines;
    }

    private void paced(List<String> lines) {
        table(lines, Shape.PACED, "Lane | p50 ms | p99 ms | added p50 ms | added p99 ms");
        for (Lane lane : lanes) {
            row(
                    lines,
                    lane.name(),
                    text(Shape.PACED, lane, tally -> tally.times().p50(), MILLIS, MILLI),
                    text(Shape.PACED, lane, tally -> tally.times().p99(), MILLIS, MILLI),
                    added(Shape.PACED, lane, tally -> tally.times().p50(), MILLIS, MILLI),
                    added(Shape.PACED, lane, tally -> tally.times().p99(), MILLIS, MILLI));
        }
    }

    private void instant(List<String> lines) {
        table(lines, Shape.INSTANT, "Lane | requests/s | p50 ms | p99 ms | times " + Lane.PEER);
        for (Lane lane : lanes) {
            row(
                    lines,
                    lane.name(),
                    text(Shape.INSTANT, lane, Tally::rate, WHOLE, 1),
                    text(Shape.INSTANT, lane, tally -> tally.times().p50(), MILLIS, MILLI),
                    text(Shape.INSTANT, lane, tally -> tally.times().p99(), MILLIS, MILLI),
                    figures.times(
                                    Shape.INSTANT,
                                    lane.name(),
                                    Lane.PEER,
                                    turn -> turn.tally().rate())
                            .text("%.1f", 1));
        }
        lines.addAll(List.of("", "Processor time per request there, in microseconds:", ""));
        lines.addAll(List.of("| Lane | Process | us |", "|---|---|---|"));
        for (Lane lane : lanes) {
            figures.of(Shape.INSTANT, lane.name()).stream()
                    .flatMap(turn -> turn.time().taken().keySet().stream())
                    .distinct()
                    .forEach(process -> row(
                            lines,
                            lane.name(),
                            process,
                            figures.over(Shape.INSTANT, lane.name(), turn -> turn.perRequestMicros(process))
                                    .text(WHOLE, 1)));
        }
    }

    private void streamed(List<String> lines) {
        table(
                lines,
                Shape.STREAMED,
                "Lane | first frame p50 ms | added p50 ms | added p99 ms | a frame p50 us | added p50 us | added p99 us");
        for (Lane lane : lanes) {
            row(
                    lines,
                    lane.name(),
                    text(Shape.STREAMED, lane, tally -> tally.firstFrames().p50(), MILLIS, MILLI),
                    added(Shape.STREAMED, lane, tally -> tally.firstFrames().p50(), MILLIS, MILLI),
                    added(Shape.STREAMED, lane, tally -> tally.firstFrames().p99(), MILLIS, MILLI),
                    text(Shape.STREAMED, lane, tally -> tally.frames().p50(), WHOLE, MICRO),
                    added(Shape.STREAMED, lane, tally -> tally.frames().p50(), WHOLE, MICRO),
                    added(Shape.STREAMED, lane, tally -> tally.frames().p99(), WHOLE, MICRO));
        }
    }

    private void openStreams(List<String> lines) {
        table(
                lines,
                Shape.OPEN_STREAMS,
                "Lane | open at once | a frame p50 ms | p99 ms | most ms | cores that its processes take");
        for (Lane lane : lanes) {
            row(
                    lines,
                    lane.name(),
                    text(Shape.OPEN_STREAMS, lane, Tally::mostOpen, WHOLE, 1),
                    text(Shape.OPEN_STREAMS, lane, tally -> tally.frames().p50(), MILLIS, MILLI),
                    text(Shape.OPEN_STREAMS, lane, tally -> tally.frames().p99(), MILLIS, MILLI),
                    text(Shape.OPEN_STREAMS, lane, tally -> tally.frames().most(), MILLIS, MILLI),
                    figures.over(Shape.OPEN_STREAMS, lane.name(), Bars::own).text(MILLIS, 1));
        }
    }

    private void failed(List<String> lines) {
        lines.add("");
        for (Turn turn : turns) {
            Tally tally = turn.tally();
            if (tally.failures() > 0) {
                lines.add(String.format(
                        Locale.ROOT,
                        "- failed: %d of %,d calls, %s, %s, round %d: %s",
                        tally.failures(),
                        tally.failures() + tally.made(),
                        turn.lane(),
                        turn.shape().title(),
                        turn.round(),
                        tally.firstFailure().replace('\n', ' ')));
            }
        }
        if (lines.getLast().isEmpty()) {
            lines.add("No call failed.");
        }
    }

    private void bars(List<String> lines) {
        lines.addAll(List.of("", "| Of " + Lane.WEIR + " | is to be | is | met |", "|---|---|---|---|"));
        bars.forEach(bar -> row(
                lines, bar.what(), bar.asked(), bar.measured(), bar.verdict().text()));
    }

    private static void table(List<String> lines, Shape shape, String head) {
        lines.addAll(List.of(
                "",
                "### " + Character.toUpperCase(shape.title().charAt(0))
                        + shape.title().substring(1)));
        lines.addAll(List.of("", "| " + head + " |", "|" + "---|".repeat(head.split("\\|", -1).length)));
    }

    private static void row(List<String> lines, String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    private String text(Shape shape, Lane lane, ToDoubleFunction<Tally> figure, String format, double unit) {
        return figures.over(shape, lane.name(), turn -> figure.applyAsDouble(turn.tally()))
                .text(format, unit);
    }

    private String added(Shape shape, Lane lane, ToDoubleFunction<Tally> figure, String format, double unit) {
        return lane.name().equals(Lane.DIRECT)
                ? "-"
                : figures.more(shape, lane.name(), Lane.DIRECT, turn -> figure.applyAsDouble(turn.tally()))
                        .text(format, unit);
    }

    /// For `--json`.
    public Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("proven", isMet());
        summary.put("failures", failures());
        summary.put("lanes", lanes.stream().map(Lane::name).toList());
        summary.put("notRun", absent);
        summary.put("bars", bars);
        return summary;
    }
}
