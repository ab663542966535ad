package io.weir.tenant.placement;

import io.weir.r2dbc.placement.Placements;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// Watches how full the databases of tenants' schemas are: a metric, and a warning at 80% of a cap.
@Component
final class BridgeCapacity {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeCapacity.class);
    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final int WARN_PERCENT = 80;

    private final Placements placements;
    private volatile List<Placements.Capacity> last = List.of();
    private volatile Disposable rounds = () -> {};

    BridgeCapacity(Placements placements) {
        this.placements = placements;
    }

    /// As it is now. Blocks.
    List<Placements.Capacity> now() {
        last = placements.capacity();
        return last;
    }

    double used() {
        return last.stream().mapToInt(Placements.Capacity::used).sum();
    }

    double room() {
        return last.stream()
                .mapToInt(bridge -> Math.max(0, bridge.cap() - bridge.used()))
                .sum();
    }

    // Blocks for a moment: the registry must know the service's own database before the first tenant is placed.
    void start() {
        try {
            placements.registerHome();
        } catch (SQLException failed) {
            throw new IllegalStateException("the registry of placements cannot be written", failed);
        }
        rounds = Flux.interval(Duration.ZERO, ROUND, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .doOnNext(round -> look())
                .subscribe();
    }

    void stop() {
        rounds.dispose();
    }

    private void look() {
        try {
            for (Placements.Capacity bridge : now()) {
                if (bridge.used() * 100 >= bridge.cap() * WARN_PERCENT) {
                    LOG.warn(
                            "Database {} holds {} tenants' schemas of at most {}",
                            bridge.name(),
                            bridge.used(),
                            bridge.cap());
                }
            }
        } catch (RuntimeException failed) {
            LOG.warn("The capacity of the bridges is not known: {}", failed.toString());
        }
    }
}
