package io.weir.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.gateway.call.RouteClass;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// A timer for every route and kind of status, looked up once.
final class RequestTimers {

    private static final int FAMILIES = 5;
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    private final Map<RouteClass, List<Timer>> timers = new EnumMap<>(RouteClass.class);

    RequestTimers(MeterRegistry registry) {
        for (RouteClass route : RouteClass.values()) {
            timers.put(
                    route,
                    IntStream.rangeClosed(1, FAMILIES)
                            .mapToObj(family -> timer(registry, route, family))
                            .toList());
        }
    }

    private static Timer timer(MeterRegistry registry, RouteClass route, int family) {
        return Timer.builder(GatewayMeter.REQUESTS.id())
                .description(GatewayMeter.REQUESTS.description())
                .tag("route", route.label())
                .tag("status", family + "xx")
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    void record(RouteClass route, int status, long nanos) {
        int family = Math.clamp(status / 100, 1, FAMILIES);
        Objects.requireNonNull(timers.get(route)).get(family - 1).record(nanos, TimeUnit.NANOSECONDS);
    }
}
