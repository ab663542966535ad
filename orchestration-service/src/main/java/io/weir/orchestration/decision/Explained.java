package io.weir.orchestration.decision;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Decision;
import io.weir.orchestration.route.LeftOut;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One call's choice, as its tenant reads it. Amounts are US dollars.
///
/// @param reason why the first one was the first, as `x-route-reason` said before any fallback
/// @param considered in the order in which they were to be tried
/// @param leftOutMore how many more were left out than are listed
/// @param expectedSaving null: nothing was estimated
/// @param outcome as the ledger has it; `released`: nothing was used
/// @param served null: nobody
/// @param releasedBecause null: it was settled
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explained(
        String requestId,
        Instant at,
        String keyId,
        String requestedModel,
        String reason,
        List<Considered> considered,
        List<Excluded> leftOut,
        int leftOutMore,
        @Nullable Saving expectedSaving,
        String outcome,
        @Nullable Place served,
        List<Tried> attempts,
        Amount cost,
        @Nullable Saving saving,
        @Nullable String releasedBecause) {

    // Nobody offers as many of a kind that a person would read.
    private static final int MOST_LISTED = 40;

    /// A provider's model.
    public record Place(String provider, String model) {}

    /// @param ownKey whether on the tenant's own key
    /// @param expectedCost null: nothing was estimated
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Considered(
            String provider,
            String model,
            boolean ownKey,
            @Nullable Amount expectedCost) {}

    /// @param by `tenant`, `request` or `model`
    public record Excluded(String provider, String model, String by, String reasoning) {}

    /// @param amount negative where the choice is dearer
    public record Saving(String baselineModel, Amount amount) {}

    /// @param status of the provider's answer; null: there was none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tried(
            String provider,
            String model,
            String outcome,
            @Nullable Integer status,
            Amount cost,
            long latencyMs) {}

    public Explained {
        considered = List.copyOf(considered);
        leftOut = List.copyOf(leftOut);
        attempts = List.copyOf(attempts);
    }

    /// A call that used something.
    public static Explained settled(String keyId, Plan plan, Settled settled) {
        return of(
                settled.requestId(),
                keyId,
                plan,
                settled.outcome().wireName(),
                new Place(settled.servedProvider(), settled.servedModel()),
                settled.attempts().stream().map(Explained::tried).toList(),
                settled.cost(),
                new Saving(settled.baselineModel(), settled.baselineCost().minus(settled.cost())),
                null);
    }

    /// A call that used nothing.
    public static Explained released(String requestId, String keyId, Plan plan, String why) {
        return of(requestId, keyId, plan, "released", null, List.of(), Amount.ZERO, null, why);
    }

    private static Explained of(
            String requestId,
            String keyId,
            Plan plan,
            String outcome,
            @Nullable Place served,
            List<Tried> attempts,
            Amount cost,
            @Nullable Saving saving,
            @Nullable String why) {
        Candidate first = plan.candidates().getFirst();
        Decision decision = plan.decision();
        Decision.Saving expected = decision.saving();
        return new Explained(
                requestId,
                first.ceiling().at(),
                keyId,
                first.route().requestedModel(),
                first.route().reason(),
                plan.candidates().stream()
                        .limit(MOST_LISTED)
                        .map(one -> considered(one.route(), decision))
                        .toList(),
                decision.leftOut().stream()
                        .limit(MOST_LISTED)
                        .map(Explained::excluded)
                        .toList(),
                Math.max(0, decision.leftOut().size() - MOST_LISTED),
                expected == null ? null : new Saving(expected.baselineModel(), expected.amount()),
                outcome,
                served,
                attempts,
                cost,
                saving,
                why);
    }

    private static Considered considered(Route route, Decision decision) {
        boolean own = route.provider().account().isTenants();
        Amount expected = own
                ? null
                : decision.forecast(route).map(forecast -> forecast.expected()).orElse(null);
        return new Considered(route.provider().name(), route.model().model(), own, expected);
    }

    private static Excluded excluded(LeftOut one) {
        return new Excluded(
                one.route().provider().name(),
                one.route().model().model(),
                one.by().name().toLowerCase(Locale.ROOT),
                one.brief());
    }

    private static Tried tried(Attempt attempt) {
        return new Tried(
                attempt.provider(),
                attempt.model(),
                attempt.outcome().wireName(),
                attempt.status(),
                attempt.cost(),
                attempt.latencyMs());
    }
}
