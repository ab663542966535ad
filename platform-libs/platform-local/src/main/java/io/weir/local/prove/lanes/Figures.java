package io.weir.local.prove.lanes;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// The turns of a run, asked for one figure over its rounds.
record Figures(List<Turn> turns) {

    Figures {
        turns = List.copyOf(turns);
    }

    /// Those in which a call succeeded: nothing else has figures.
    List<Turn> of(Shape shape, String lane) {
        return turns.stream()
                .filter(turn -> turn.shape() == shape && turn.lane().equals(lane))
                .filter(turn -> turn.tally().made() > 0)
                .toList();
    }

    /// No rounds where the lane was not run.
    Spread over(Shape shape, String lane, ToDoubleFunction<Turn> figure) {
        return Spread.of(of(shape, lane).stream().mapToDouble(figure).toArray());
    }

    /// How much more it is than on another lane in the same round.
    Spread more(Shape shape, String lane, String than, ToDoubleFunction<Turn> figure) {
        return Spread.of(pairs(shape, lane, than)
                .mapToDouble(pair -> figure.applyAsDouble(pair.one) - figure.applyAsDouble(pair.other))
                .toArray());
    }

    /// How many times as much it is as on another lane in the same round.
    Spread times(Shape shape, String lane, String than, ToDoubleFunction<Turn> figure) {
        return Spread.of(pairs(shape, lane, than)
                .mapToDouble(pair -> figure.applyAsDouble(pair.one) / figure.applyAsDouble(pair.other))
                .toArray());
    }

    private record Pair(Turn one, Turn other) {}

    private Stream<Pair> pairs(Shape shape, String lane, String than) {
        List<Turn> others = of(shape, than);
        return of(shape, lane).stream()
                .flatMap(one -> others.stream()
                        .filter(other -> other.round() == one.round())
                        .map(other -> new Pair(one, other)));
    }
}
