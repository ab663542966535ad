package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Plan;
import io.weir.snapshots.catalog.TenantSnapshot;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/// An admitted call, as the books and the tries know it: all that is fixed about it before anything is held or sent.
public interface BookedCall {

    String requestId();

    /// On whose account it runs.
    Payer payer();

    default TenantSnapshot tenant() {
        return payer().tenant();
    }

    default String keyId() {
        return payer().keyId();
    }

    /// How it is to be served.
    Plan plan();

    /// Whether its answer comes in pieces.
    boolean streams();

    /// Whether a client made it: only such a call counts against a plan, whatever others cost.
    default boolean isOfClient() {
        return true;
    }

    /// The length of its body as received.
    int bytesIn();

    /// Null: not sampled.
    @Nullable
    TraceContext trace();

    /// Of the request's pipeline, for work that outlives it.
    ContextView context();

    /// Since it arrived.
    long elapsedMillis();

    /// The request for the candidate's provider, within the output limit that was held.
    ProviderRequest forProvider(Candidate candidate, int outputLimit);

    /// As the call named it, for the ledger.
    default String requestedModel() {
        return plan().candidates().getFirst().route().requestedModel();
    }

    default boolean isSampled() {
        return trace() != null;
    }
}
