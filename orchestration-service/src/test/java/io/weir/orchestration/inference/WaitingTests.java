package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Meter;
import io.weir.orchestration.inference.Waiting.Refusal;
import io.weir.orchestration.provider.ProviderFailure.Kind;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Route;
import io.weir.orchestration.route.Routes;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingTests {

    private final PlatformException failure = new PlatformException(ProblemType.UPSTREAM_ERROR, "it broke");
    private final PlatformException refusal = new PlatformException(ProblemType.BUDGET_EXCEEDED, "Only $0.1 is left.");

    private static Candidate candidate(String provider, String model, String price) {
        return Routes.candidate(
                Routes.of(provider, model, Map.of(Meter.TEXT_IN, price, Meter.TEXT_OUT, price)), 1_000, true);
    }

    private static String model(Waiting waiting) {
        Candidate next = waiting.next();
        return next == null ? "none" : next.route().model().model();
    }

    @Test
    void anotherProviderIsTriedBeforeAnotherModelOfOneThatFailed() {
        Candidate first = candidate("openai", "a", "1");
        Waiting waiting = new Waiting(List.of(first, candidate("openai", "b", "1"), candidate("gemini", "c", "1")), 5);
        assertThat(model(waiting)).isEqualTo("a");
        waiting.failed(first, "provider_error", failure);
        Candidate second = waiting.next();
        assertThat(second).isNotNull();
        assertThat(second.route().reason()).isEqualTo("auto; fallback to c after a failed");
        waiting.failed(second, "provider_unreachable", failure);
        assertThat(model(waiting)).isEqualTo("b");
        assertThat(waiting.failures()).isEqualTo(2);
        assertThat(waiting.verdict())
                .hasMessage("No provider answers at present. Tried: a at openai (provider error), c at gemini (provider"
                        + " unreachable). Try again in a moment.")
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.UPSTREAM_UNAVAILABLE));
    }

    @Test
    void nothingAsDearAsWhatTheBudgetRefusedIsTried() {
        Candidate refused = candidate("openai", "a", "5");
        Waiting waiting = new Waiting(
                List.of(
                        refused,
                        candidate("gemini", "b", "5"),
                        candidate("gemini", "c", "9"),
                        candidate("x", "d", "4")),
                5);
        assertThat(model(waiting)).isEqualTo("a");
        waiting.unaffordable(refused, refusal);
        assertThat(model(waiting)).isEqualTo("d");
        assertThat(waiting.hasNext()).isFalse();
    }

    @Test
    void theOnlyFailureIsToldAsItIs() {
        Candidate only = candidate("openai", "a", "1");
        Waiting waiting = new Waiting(List.of(only), 5);
        waiting.next();
        waiting.failed(only, "provider_error", failure);
        assertThat(waiting.verdict()).isSameAs(failure);
    }

    @Test
    void theBudgetsRefusalIsToldWithWhatFailedBefore() {
        Candidate cheap = candidate("openai", "a", "1");
        Candidate dear = candidate("gemini", "b", "5");
        Waiting waiting = new Waiting(List.of(cheap, dear), 5);
        waiting.next();
        waiting.failed(cheap, "provider_error", failure);
        waiting.next();
        waiting.unaffordable(dear, refusal);
        assertThat(waiting.verdict())
                .hasMessage("Only $0.1 is left. Cheaper ones failed: a at openai (provider error).");
        Waiting alone = new Waiting(List.of(dear), 5);
        alone.next();
        alone.unaffordable(dear, refusal);
        assertThat(alone.verdict()).isSameAs(refusal);
    }

    @Test
    void noMoreAreTriedThanAreAllowed() {
        Waiting waiting = new Waiting(List.of(candidate("a", "a", "1"), candidate("b", "b", "1")), 1);
        assertThat(model(waiting)).isEqualTo("a");
        assertThat(model(waiting)).isEqualTo("none");
    }

    private static Candidate roomy(String provider, String model, long window) {
        Candidate one = candidate(provider, model, "1");
        Route route = one.route();
        Route larger = new Route(
                new Model(provider, model, "chat", window, 16_384, 0),
                route.provider(),
                route.prices(),
                "auto",
                "auto");
        return Routes.candidate(larger, 1_000, true);
    }

    @Test
    void aPromptThatIsTooLongGoesToALargerModelAlsoOfTheSameProvider() {
        Candidate first = roomy("openai", "a", 128_000);
        Waiting waiting = new Waiting(
                List.of(
                        first,
                        roomy("gemini", "as-small", 128_000),
                        roomy("openai", "b", 400_000),
                        roomy("gemini", "c", 1_000_000)),
                5);
        waiting.next();
        waiting.refused(first, Refusal.TOO_LONG, failure);
        Candidate second = waiting.next();
        assertThat(second).isNotNull();
        assertThat(second.route().reason()).isEqualTo("auto; fallback to b after a took no prompt so long");
        waiting.refused(second, Refusal.TOO_LONG, refusal);
        assertThat(model(waiting)).isEqualTo("c");
        waiting.failed(roomy("gemini", "c", 1_000_000), "provider_error", failure);
        assertThat(model(waiting)).isEqualTo("none");
        assertThat(waiting.verdict())
                .hasMessageContaining("Tried: a at openai (too long for it), b at openai (too long for it), c at gemini"
                        + " (provider error)");
    }

    @Test
    void contentThatOneModelRefusesGoesToOtherModelsAlone() {
        Candidate first = candidate("openai", "a", "1");
        Waiting waiting = new Waiting(List.of(first, candidate("azure", "a", "1"), candidate("gemini", "b", "1")), 5);
        waiting.next();
        waiting.refused(first, Refusal.AGAINST_RULES, failure);
        Candidate second = waiting.next();
        assertThat(second).isNotNull();
        assertThat(second.route().reason()).isEqualTo("auto; fallback to b after a refused the content");
    }

    @Test
    void whereAllRefuseTheRequestTheLastRefusalIsTold() {
        Candidate first = candidate("openai", "a", "1");
        Candidate second = candidate("gemini", "b", "1");
        Waiting waiting = new Waiting(List.of(first, second), 5);
        waiting.next();
        waiting.refused(first, Refusal.AGAINST_RULES, failure);
        waiting.next();
        waiting.refused(second, Refusal.AGAINST_RULES, refusal);
        assertThat(waiting.verdict()).isSameAs(refusal);
    }

    @Test
    void onlyARefusalThatAnotherModelMayNotShareIsTypedSo() {
        assertThat(Refusal.of(Kind.TOO_LONG)).contains(Refusal.TOO_LONG);
        assertThat(Refusal.of(Kind.AGAINST_RULES)).contains(Refusal.AGAINST_RULES);
        assertThat(Refusal.of(Kind.REFUSED)).isEmpty();
        assertThat(Refusal.of(Kind.BROKEN)).isEmpty();
    }
}
