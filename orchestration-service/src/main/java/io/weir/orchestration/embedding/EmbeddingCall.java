package io.weir.orchestration.embedding;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.inference.BookedCall;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/// An admitted call for embeddings.
///
/// @param isOfClient whether a client made it, and not we for a client's call
/// @param arrived by [System#nanoTime]
record EmbeddingCall(
        String requestId,
        Payer payer,
        boolean isOfClient,
        EmbeddingRequest request,
        Plan plan,
        long arrived,
        @Nullable TraceContext trace,
        ContextView context)
        implements BookedCall {

    /// The same at the prices of calls that are no hurry.
    EmbeddingCall ofBatch() {
        return new EmbeddingCall(requestId, payer, isOfClient, request, plan.ofBatch(), arrived, trace, context);
    }

    @Override
    public boolean streams() {
        return false;
    }

    @Override
    public int bytesIn() {
        return request.bytes();
    }

    @Override
    public long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - arrived);
    }

    @Override
    public ProviderRequest forProvider(Candidate candidate, int outputLimit) {
        Route route = candidate.route();
        return EmbeddingDialect.of(route).request(request, route.model().model());
    }
}
