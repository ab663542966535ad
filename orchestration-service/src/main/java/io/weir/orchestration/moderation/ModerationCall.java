package io.weir.orchestration.moderation;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.inference.BookedCall;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Plan;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;
import tools.jackson.databind.node.ObjectNode;

/// An admitted call for moderations.
///
/// @param arrived by [System#nanoTime]
record ModerationCall(
        String requestId,
        Payer payer,
        ModerationRequest request,
        Plan plan,
        long arrived,
        @Nullable TraceContext trace,
        ContextView context)
        implements BookedCall {

    /// The same at the prices of calls that are no hurry.
    ModerationCall ofBatch() {
        return new ModerationCall(requestId, payer, request, plan.ofBatch(), arrived, trace, context);
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
        return body(request, candidate.route().model().model());
    }

    static ProviderRequest body(ModerationRequest request, String model) {
        ObjectNode body = WireJson.object().put("model", model);
        body.set("input", request.input());
        return new ProviderRequest("/moderations", WireJson.write(body));
    }
}
