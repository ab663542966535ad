package io.weir.orchestration.route;

import io.weir.money.Amount;
import io.weir.orchestration.forecast.CostForecast;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Why a call goes where it goes.
///
/// @param considered in the order in which they are to be tried
/// @param leftOut who else was considered, and why that one is not to be tried
/// @param saving what the first one is expected to save; null: nothing is expected before the call
public record Decision(
        List<Considered> considered,
        List<LeftOut> leftOut,
        @Nullable Saving saving) {

    private static final int MOST_NAMED = 10;

    /// @param forecast what the call will probably use and cost there; null: nobody asked
    public record Considered(Route route, @Nullable CostForecast forecast) {

        private String words() {
            return forecast == null ? route.place() : route.place() + " (expected $" + forecast.expected() + ")";
        }
    }

    /// @param amount negative where the choice is dearer
    public record Saving(String baselineModel, Amount amount) {}

    public Decision {
        considered = List.copyOf(considered);
        leftOut = List.copyOf(leftOut);
    }

    static Decision of(Ranking ranking, Optional<Baseline> baseline) {
        List<Considered> considered = ranking.ranked().stream()
                .map(one -> new Considered(one.candidate().route(), one.cost()))
                .toList();
        Ranked first = ranking.ranked().getFirst();
        Saving saving = baseline.flatMap(model -> model.cost(
                                first.cost().usage(),
                                first.candidate().ceiling().at())
                        .map(cost -> new Saving(
                                model.model().model(), cost.minus(first.cost().expected()))))
                .orElse(null);
        return new Decision(considered, ranking.leftOut(), saving);
    }

    static Decision of(List<Candidate> candidates, List<LeftOut> leftOut) {
        return new Decision(
                candidates.stream()
                        .map(one -> new Considered(one.route(), null))
                        .toList(),
                leftOut,
                null);
    }

    /// Whether there was anything to decide: another place, or one that was ruled out, or a model that was not named.
    public boolean isChoice() {
        Route first = considered.getFirst().route();
        return considered.size() > 1
                || !leftOut.isEmpty()
                || !first.requestedModel().equals(first.model().model());
    }

    /// What the call was expected to use and cost at that model of that provider, on the platform's account; empty:
    /// nobody asked.
    public Optional<CostForecast> forecast(Route route) {
        return considered.stream()
                .filter(one -> one.route().model().equals(route.model())
                        && one.route().provider().name().equals(route.provider().name()))
                .findFirst()
                .flatMap(one -> Optional.ofNullable(one.forecast()));
    }

    /// The same with these left out, too.
    Decision without(List<LeftOut> more) {
        return more.isEmpty()
                ? this
                : new Decision(
                        considered,
                        Stream.concat(leftOut.stream(), more.stream()).toList(),
                        saving);
    }

    /// For the log, printable, for example `gpt-4o-mini at openai (expected $0.0001); left out: gpt-4o at openai
    /// (provider.max_price.prompt); expected to save $0.002 against gpt-4o`.
    public String words() {
        List<String> parts = new ArrayList<>();
        parts.add(listed(considered, Considered::words));
        if (!leftOut.isEmpty()) {
            parts.add("left out: " + listed(leftOut, one -> one.route().place() + " (" + one.why() + ")"));
        }
        if (saving != null) {
            parts.add("expected to save $" + saving.amount() + " against " + saving.baselineModel());
        }
        return Candidate.printable(String.join("; ", parts), Integer.MAX_VALUE);
    }

    private static <T> String listed(List<T> all, Function<T, String> words) {
        int more = all.size() - MOST_NAMED;
        return all.stream().limit(MOST_NAMED).map(words).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
