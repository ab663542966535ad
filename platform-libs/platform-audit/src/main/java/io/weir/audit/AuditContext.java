package io.weir.audit;

import io.weir.security.Passport;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// On whose behalf and in which request something was done.
///
/// @param actor the passport's subject, for example `key:8fQ2`; `service:<name>` where a service acts by
///     itself
/// @param sourceAddress the client's address as the gateway saw it
public record AuditContext(
        String actor,
        @Nullable String sourceAddress,
        @Nullable String requestId,
        @Nullable String traceId) {

    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{2,45}");
    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{32}");
    private static final int LONGEST_ACTOR = 256;
    private static final int LONGEST_REQUEST_ID = 128;

    public AuditContext {
        actor = AuditText.clean(actor, LONGEST_ACTOR);
        requestId = AuditText.orNull(requestId, LONGEST_REQUEST_ID);
        sourceAddress = sourceAddress != null && ADDRESS.matcher(sourceAddress).matches() ? sourceAddress : null;
        traceId = traceId != null && TRACE.matcher(traceId).matches() ? traceId : null;
    }

    /// The request that runs, without its caller.
    public record Request(
            @Nullable String sourceAddress,
            @Nullable String requestId,
            @Nullable String traceId) {

        /// To be used with `contextWrite`: everything upstream is recorded with this request.
        public UnaryOperator<Context> entering() {
            return context -> context.put(Request.class, this);
        }
    }

    /// What the Reactor context tells: the verified passport's subject, and the request.
    ///
    /// @param service acts where there is no passport
    public static AuditContext of(ContextView context, String service) {
        Passport passport = context.getOrDefault(Passport.class, null);
        Request request = context.getOrDefault(Request.class, null);
        String actor = passport == null ? "service:" + service : passport.subject();
        return request == null
                ? new AuditContext(actor, null, null, null)
                : new AuditContext(actor, request.sourceAddress(), request.requestId(), request.traceId());
    }
}
