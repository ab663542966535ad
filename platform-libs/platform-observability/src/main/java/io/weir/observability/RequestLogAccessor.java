package io.weir.observability;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// Moves [RequestLogContext] between the Reactor context and the MDC. Public for the service loader only.
public final class RequestLogAccessor implements ThreadLocalAccessor<RequestLogContext> {

    static final String KEY = "io.weir.request-log";

    private static final ThreadLocal<@Nullable RequestLogContext> CURRENT = new ThreadLocal<>();

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable RequestLogContext getValue() {
        return CURRENT.get();
    }

    @Override
    public void setValue(RequestLogContext value) {
        CURRENT.set(value);
        if (value.tenantId() == null) {
            MDC.remove(RequestLogContext.TENANT_ID);
        } else {
            MDC.put(RequestLogContext.TENANT_ID, value.tenantId());
        }
        MDC.put(RequestLogContext.REQUEST_ID, value.requestId());
    }

    @Override
    public void setValue() {
        CURRENT.remove();
        MDC.remove(RequestLogContext.TENANT_ID);
        MDC.remove(RequestLogContext.REQUEST_ID);
    }
}
