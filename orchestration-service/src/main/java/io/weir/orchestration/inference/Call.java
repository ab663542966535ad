package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import io.weir.orchestration.surface.SurfaceRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// An admitted call: all that is fixed about it before anything is held or sent.
///
/// @param asked as the client put it
/// @param bytesIn the length of its body as received
/// @param arrived by [System#nanoTime]
/// @param trace null: not sampled
/// @param context of the request's pipeline, for work that outlives it
record Call(
        String requestId,
        Payer payer,
        SurfaceRequest asked,
        int bytesIn,
        Plan plan,
        long arrived,
        @Nullable TraceContext trace,
        ContextView context)
        implements BookedCall {

    /// The same at the prices of calls that are no hurry.
    Call ofBatch() {
        return new Call(requestId, payer, asked, bytesIn, plan.ofBatch(), arrived, trace, context);
    }

    /// As chat completions have it.
    ChatRequest request() {
        return asked.chat();
    }

    @Override
    public ProviderRequest forProvider(Candidate candidate, int outputLimit) {
        Route route = candidate.route();
        return route.provider()
                .dialect()
                .chat(
                        request(),
                        route.model().model(),
                        outputLimit,
                        route.provider().account().cache(tenant().tenantId()));
    }

    /// Whether the client speaks the candidate's own API, so that what comes is passed as it is.
    boolean isNativeTo(Candidate candidate) {
        return request().isNativeTo(candidate.route().provider().dialect());
    }

    /// What the answer says of itself where the provider has no such word.
    AnswerIdentity identity(Candidate candidate) {
        return new AnswerIdentity(
                "chatcmpl-" + requestId,
                candidate.route().model().model(),
                candidate.ceiling().at().getEpochSecond());
    }

    /// The same with somebody who listens to its answer.
    Call with(AnswerTap tap) {
        return new Call(
                requestId,
                payer,
                asked,
                bytesIn,
                plan,
                arrived,
                trace,
                Context.of(context).put(AnswerTap.class, tap));
    }

    @Override
    public boolean streams() {
        return request().stream();
    }

    @Override
    public long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - arrived);
    }
}
