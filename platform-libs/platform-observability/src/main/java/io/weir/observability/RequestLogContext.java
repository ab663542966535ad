package io.weir.observability;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/// The fields that every log line of a request carries. They travel in the Reactor context and stand in the MDC
/// wherever an operator of that request runs.
///
/// @param tenantId null before the caller is known
public record RequestLogContext(@Nullable String tenantId, String requestId) {

    /// The MDC key of the tenant.
    public static final String TENANT_ID = "tenantId";

    /// The MDC key of the request.
    public static final String REQUEST_ID = "requestId";

    /// To be used with `contextWrite`: everything upstream logs with these fields.
    public UnaryOperator<Context> entering() {
        return context -> context.put(RequestLogAccessor.KEY, this);
    }

    /// For code outside a Reactor pipeline, such as a consumer's loop: this thread logs with these fields until the
    /// scope is closed, on the same thread.
    public Scope open() {
        RequestLogAccessor accessor = new RequestLogAccessor();
        RequestLogContext before = accessor.getValue();
        accessor.setValue(this);
        return () -> {
            if (before == null) {
                accessor.setValue();
            } else {
                accessor.setValue(before);
            }
        };
    }

    /// Ends what [#open] began.
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
