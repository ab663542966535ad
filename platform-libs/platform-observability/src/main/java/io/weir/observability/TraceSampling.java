package io.weir.observability;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/// Decides once per request whether it is observed at all: the machinery of observations costs more than a whole hop,
/// sampled or not. A request is observed when the caller's trace is sampled, or when it begins a trace here; anything
/// inside it is observed when it is. Without a request nothing is.
public final class TraceSampling implements ObservationPredicate {

    private static final Set<String> NEVER = Set.of("/health", "/ready", "/health/checks", "/metrics");

    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final String NO_TRACE = "0".repeat(32);

    private final TracingProperties properties;
    private final DoubleSupplier dice;

    /// @param dice numbers of [0, 1)
    public TraceSampling(TracingProperties properties, DoubleSupplier dice) {
        this.properties = properties;
        this.dice = dice;
    }

    @Override
    public boolean test(String name, Observation.Context context) {
        return context instanceof ReceiverContext<?> received ? begins(received) : continues(context);
    }

    private static boolean continues(Observation.Context context) {
        return context.getParentObservation() instanceof Observation parent && !parent.isNoop();
    }

    private boolean begins(ReceiverContext<?> received) {
        if (received instanceof ServerRequestObservationContext request && neverTraced(request)) {
            return false;
        }
        String traceparent = traceparent(received);
        if (traceparent != null) {
            return sampled(traceparent);
        }
        return properties.beginsTraces()
                && received instanceof ServerRequestObservationContext
                && dice.getAsDouble() < properties.sampling();
    }

    private static boolean neverTraced(ServerRequestObservationContext request) {
        return request.getCarrier() != null
                && NEVER.contains(request.getCarrier().getPath().value());
    }

    private static <C> @Nullable String traceparent(ReceiverContext<C> received) {
        C carrier = received.getCarrier();
        return carrier == null ? null : received.getGetter().get(carrier, "traceparent");
    }

    /// Whether this is a well-formed `traceparent` whose trace is sampled.
    public static boolean sampled(String traceparent) {
        return TRACEPARENT.matcher(traceparent).matches()
                && !traceparent.startsWith(NO_TRACE, 3)
                && (Character.digit(traceparent.charAt(54), 16) & 1) == 1;
    }
}
