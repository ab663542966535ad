package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.route.Route;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/// An admitted call: all that is fixed about it before anything is held or sent.
///
/// @param arrived by [System#nanoTime]
/// @param trace null: not sampled
/// @param context of the request's pipeline, for work that outlives it
record Call(
        String requestId,
        TenantSnapshot tenant,
        String keyId,
        ChatRequest request,
        Route route,
        OutputCeiling ceiling,
        long arrived,
        @Nullable TraceContext trace,
        ContextView context) {

    long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - arrived);
    }

    boolean isSampled() {
        return trace != null;
    }
}
