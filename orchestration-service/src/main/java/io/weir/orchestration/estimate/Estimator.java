package io.weir.orchestration.estimate;

import io.weir.money.Amount;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.estimate.Estimate.Alternative;
import io.weir.orchestration.estimate.Estimate.Recognised;
import io.weir.orchestration.estimate.Estimate.Recommendation;
import io.weir.orchestration.estimate.Estimate.SavingsAnalysis;
import io.weir.orchestration.route.Baseline;
import io.weir.orchestration.route.LeftOut;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.orchestration.route.Ranked;
import io.weir.orchestration.route.Ranking;
import io.weir.orchestration.route.Route;
import io.weir.orchestration.route.Router;
import io.weir.orchestration.route.Wishes;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Recommends a model for a request, as `auto` would choose it.
final class Estimator {

    private final Router router;
    private final ModelCatalog catalog;

    Estimator(Router router, ModelCatalog catalog) {
        this.router = router;
        this.catalog = catalog;
    }

    /// Fails with a 4xx that says what to change.
    Mono<Estimate> estimate(EstimateRequest asked, TenantSnapshot tenant) {
        TenantSettings settings = tenant.settings();
        ChatRequest chat = asked.chat();
        checkProvider(asked.preferredProvider());
        checkModel(chat.model(), tenant);
        Wishes own = Wishes.of(settings, chat.routing());
        Wishes wishes = asked.preferredProvider() == null ? own : own.preferring(asked.preferredProvider());
        return router.rank(chat, tenant, false, wishes)
                .onErrorMap(PlatformException.class, Estimator::withinRequest)
                .map(ranking -> answer(asked, ranking, tenant));
    }

    private void checkProvider(@Nullable String provider) {
        List<String> known = catalog.providers();
        if (provider != null && !known.contains(provider)) {
            throw PlatformException.invalid(
                    "preferences.preferredProvider",
                    "There is no provider of that name. Choose one of: " + String.join(", ", known) + ".");
        }
    }

    private void checkModel(@Nullable String model, TenantSnapshot tenant) {
        if (model != null && !router.knows(model, tenant)) {
            throw withinRequest(catalog.unknown(model, tenant));
        }
    }

    private static PlatformException withinRequest(PlatformException problem) {
        String field = problem.param();
        return field == null
                ? problem
                : PlatformException.of(problem.type(), "request." + field, String.valueOf(problem.getMessage()));
    }

    private Estimate answer(EstimateRequest asked, Ranking ranking, TenantSnapshot tenant) {
        Ranked best = ranking.ranked().stream()
                .filter(ranked -> isWithin(ranked, asked.maxCost()))
                .findFirst()
                .orElseThrow(() -> tooDear(ranking, asked.maxCost()));
        Baseline baseline = router.baseline(asked.chat(), tenant)
                .orElseGet(() -> Baseline.of(best.candidate().route()));
        List<Alternative> alternatives = ranking.ranked().stream()
                .filter(ranked -> !ranked.equals(best))
                .map(ranked -> alternative(ranking, ranked, best))
                .toList();
        return new Estimate(
                recommendation(asked, ranking, best),
                alternatives,
                ranking.leftOut().stream().map(Estimator::leftOut).toList(),
                savings(best, baseline),
                new Recognised(
                        ranking.task().taskClass().word(),
                        ranking.task().complexity().word(),
                        ranking.promptTokens()));
    }

    private static boolean isWithin(Ranked ranked, @Nullable BigDecimal maxCost) {
        return maxCost == null || ranked.cost().expected().value().compareTo(maxCost) <= 0;
    }

    private static PlatformException tooDear(Ranking ranking, @Nullable BigDecimal maxCost) {
        Ranked cheapest = ranking.ranked().stream()
                .min(Comparator.comparing(ranked -> ranked.cost().expected()))
                .orElseThrow();
        return PlatformException.of(
                ProblemType.UNPROCESSABLE,
                "preferences.maxCost",
                "No model is expected to do this for $" + (maxCost == null ? "0" : maxCost.toPlainString())
                        + ". The cheapest is " + cheapest.candidate().route().place() + ", expected to cost $"
                        + cheapest.cost().expected() + ". Raise maxCost, or shorten the task.");
    }

    private static Recommendation recommendation(EstimateRequest asked, Ranking ranking, Ranked best) {
        return new Recommendation(
                best.provider(),
                best.model(),
                expected(best),
                tokens(best),
                reasoning(asked, ranking, best),
                best.cost().low().value(),
                expected(best),
                ceiling(best),
                best.answer().observed());
    }

    private static String reasoning(EstimateRequest asked, Ranking ranking, Ranked best) {
        String why = "A " + ranking.task().words() + ": " + ranking.why(best) + ".";
        String wanted = asked.preferredProvider();
        if (asked.maxCost() != null && !best.equals(ranking.ranked().getFirst())) {
            return why + " Those before it are expected to cost more than maxCost.";
        }
        return wanted == null || wanted.equals(best.provider())
                ? why
                : why + " " + wanted + " has no model that is better for it at present.";
    }

    private static Alternative alternative(Ranking ranking, Ranked ranked, Ranked best) {
        return new Alternative(
                ranked.provider(),
                ranked.model(),
                expected(ranked),
                tokens(ranked),
                expected(best).subtract(expected(ranked)),
                ranking.why(ranked) + ".",
                ranked.cost().low().value(),
                expected(ranked),
                ceiling(ranked),
                ranked.answer().observed());
    }

    private static Estimate.LeftOut leftOut(LeftOut one) {
        Route route = one.route();
        return new Estimate.LeftOut(route.provider().name(), route.model().model(), one.why());
    }

    private static SavingsAnalysis savings(Ranked best, Baseline baseline) {
        OutputCeiling ceiling = best.candidate().ceiling();
        Amount at = baseline.cost(best.cost().usage(), ceiling.at())
                .orElse(best.cost().expected());
        BigDecimal saved = at.minus(best.cost().expected()).value();
        BigDecimal percent = at.isZero()
                ? BigDecimal.ZERO
                : saved.multiply(BigDecimal.valueOf(100)).divide(at.value(), 1, RoundingMode.HALF_UP);
        return new SavingsAnalysis(baseline.model().model(), at.value(), expected(best), percent.stripTrailingZeros());
    }

    private static BigDecimal expected(Ranked ranked) {
        return ranked.cost().expected().value();
    }

    private static long tokens(Ranked ranked) {
        return ranked.cost().usage().input() + ranked.cost().usage().output();
    }

    private static BigDecimal ceiling(Ranked ranked) {
        OutputCeiling ceiling = ranked.candidate().ceiling();
        return ceiling.of(ceiling.outputLimit()).value();
    }
}
