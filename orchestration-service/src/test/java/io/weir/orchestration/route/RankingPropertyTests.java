package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.forecast.AnswerForecast;
import io.weir.orchestration.forecast.CostForecast;
import io.weir.orchestration.route.Ranked.Fit;
import io.weir.orchestration.task.Complexity;
import io.weir.orchestration.task.Task;
import io.weir.orchestration.task.TaskClass;
import io.weir.snapshots.catalog.TenantSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class RankingPropertyTests {

    private static final Task TASK = new Task(TaskClass.CLASSIFICATION, Complexity.SIMPLE, false);

    private static Ranked ranked(
            String provider, int model, boolean failing, int ordered, Fit fit, boolean preferred, int cost) {
        Route route = Routes.of(provider, "m" + model, Map.of(Meter.TEXT_IN, "1", Meter.TEXT_OUT, "2"));
        Amount expected = new Amount(BigDecimal.valueOf(cost, 6));
        return new Ranked(
                Routes.candidate(route, 100, false),
                new CostForecast(expected, expected, Quantities.NONE),
                new AnswerForecast(1, 10, 0),
                0,
                failing,
                ordered > 3 ? Integer.MAX_VALUE : ordered,
                fit,
                BigDecimal.ZERO,
                preferred,
                fit == Fit.LISTED ? model % 5 : Integer.MAX_VALUE);
    }

    private static Ranking ranking(List<Ranked> all) {
        Wishes none = Wishes.of(TenantSettings.DEFAULTS, RoutingWishes.NONE);
        return new Ranking(TASK, 1, all, none, List.of());
    }

    @Provide
    Arbitrary<Ranked> candidates() {
        return Combinators.combine(
                        Arbitraries.of("openai", "anthropic", "gemini"),
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.of(false, false, true),
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.of(Fit.class),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 20))
                .as(RankingPropertyTests::ranked);
    }

    @Property
    void theOrderOfArrivalDoesNotMatter(
            @ForAll @Size(min = 1, max = 12) List<@net.jqwik.api.From("candidates") Ranked> all, @ForAll long seed) {
        List<Ranked> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(seed));
        List<String> first = names(ranking(all));
        assertThat(names(ranking(shuffled))).isEqualTo(first).hasSameSizeAs(all);
    }

    private static List<String> names(Ranking ranking) {
        return ranking.ranked().stream()
                .map(one -> one.provider()
                        + one.model()
                        + one.cost().expected()
                        + one.fit()
                        + one.failing()
                        + one.ordered()
                        + one.preferred()
                        + one.place())
                .toList();
    }

    @Property
    void nobodyBetterStandsBehindTheFirst(
            @ForAll @Size(min = 1, max = 12) List<@net.jqwik.api.From("candidates") Ranked> all) {
        Ranked first = ranking(all).ranked().getFirst();
        assertThat(all).allSatisfy(other -> {
            assertThat(first.failing() && !other.failing()).isFalse();
            if (first.failing() == other.failing()) {
                assertThat(first.ordered()).isLessThanOrEqualTo(other.ordered());
            }
            if (first.isPeerOf(other)) {
                assertThat(first.cost().expected())
                        .isLessThanOrEqualTo(other.cost().expected());
            }
        });
    }

    @Property
    void theReasonIsShortPrintableAndNamesTheModel(
            @ForAll @Size(min = 1, max = 12) List<@net.jqwik.api.From("candidates") Ranked> all) {
        Ranking ranking = ranking(all);
        String reason = ranking.candidates().getFirst().route().reason();
        assertThat(reason)
                .startsWith("auto: simple classification; ")
                .contains(ranking.ranked().getFirst().model())
                .hasSizeLessThan(200)
                .matches("[ -~]+");
    }

    @Example
    void equalModelsAreChosenByTheirPlaceInTheList() {
        Ranked second = ranked("openai", 1, false, 9, Fit.LISTED, false, 5);
        Ranked first = ranked("openai", 0, false, 9, Fit.LISTED, false, 5);
        assertThat(ranking(List.of(second, first)).ranked().getFirst()).isSameAs(first);
    }
}
