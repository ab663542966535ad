package io.weir.orchestration.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.weir.orchestration.lane.Lane.Flow;
import io.weir.orchestration.lane.Lane.Visit;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/// The lanes to all providers. A model that is reached on the platform's account has one lane for all
/// tenants; on a tenant's own account it has one for that tenant, so that nothing that happens there
/// touches others. Safe for use by many threads.
public final class Lanes {

    private static final Duration UNUSED = Duration.ofHours(1);
    private static final int MOST_LANES = 20_000;
    private static final String ACCOUNT = "*";
    private static final String OWN_KEY = "(own key)";

    private final LaneProperties properties;
    private final TenantShares shares;
    private final int mostConcurrent;
    private final MeterRegistry registry;
    private final LongSupplier clock;
    private final Scheduler timers;
    private final Map<String, Limits> configured;
    private final Map<String, Lane> accounts = new HashMap<>();
    private final Cache<Key, ModelLane> models = Caffeine.newBuilder()
            .maximumSize(MOST_LANES)
            .expireAfterAccess(UNUSED)
            .build();
    private volatile int instances = 1;

    private record Key(String provider, String account, String model) {}

    /// Which room a call wants.
    ///
    /// @param owner whose account it is; null: the platform's
    /// @param account tells accounts of one provider apart
    /// @param tokens that it is expected to use
    /// @param others whether another provider or model could serve it
    public record Wish(
            String provider,
            @Nullable TenantId owner,
            String account,
            String model,
            TenantId tenant,
            Priority priority,
            long tokens,
            boolean stream,
            boolean others) {}

    /// @param configured limits of the platform's accounts, by provider
    /// @param mostConcurrent calls that a model is given at the same time
    /// @param clock as [System#nanoTime]
    Lanes(
            LaneProperties properties,
            Map<String, Limits> configured,
            TenantShares shares,
            int mostConcurrent,
            MeterRegistry registry,
            LongSupplier clock,
            Scheduler timers) {
        this.properties = properties;
        this.shares = shares;
        this.mostConcurrent = mostConcurrent;
        this.registry = registry;
        this.clock = clock;
        this.timers = timers;
        this.configured = Map.copyOf(configured);
        configured.forEach((provider, limits) -> {
            if (!limits.isNone()) {
                accounts.put(provider, account(provider, limits));
            }
        });
    }

    private Lane account(String provider, Limits limits) {
        Lane lane = lane(provider, new Gate(null), new LaneMeters(registry, provider, ACCOUNT));
        lane.limit(limits);
        registry.gauge("weir.lane.waiting", Tags.of("provider", provider, "model", ACCOUNT), lane, Lane::waiting);
        return lane;
    }

    private Lane lane(String title, Gate gate, LaneMeters meters) {
        return new Lane(title, gate, meters, properties.longestQueue(), clock, timers);
    }

    /// To be entered. Asks nobody, and takes nothing yet.
    public Permit permit(Wish wish) {
        Key key = new Key(wish.provider(), wish.account(), wish.model());
        ModelLane model = models.getIfPresent(key);
        boolean ours = wish.owner() == null;
        if (model == null) {
            model = models.get(key, absent -> model(absent, ours));
        }
        double weight = shares.of(wish.tenant()).weight() * wish.priority().factor();
        Visit visit = new Visit(
                new Flow(wish.tenant(), wish.priority()),
                weight,
                Math.max(1, wish.tokens()),
                wish.stream(),
                properties.patience(wish.priority(), wish.others()));
        return new Permit(this, ours ? accounts.get(wish.provider()) : null, model, visit, clock);
    }

    private ModelLane model(Key key, boolean ours) {
        AdaptiveLimit slots = new AdaptiveLimit(properties.leastConcurrency(), mostConcurrent);
        LaneMeters meters = new LaneMeters(registry, key.provider(), ours ? key.model() : OWN_KEY);
        Lane lane = lane(key.model() + " at " + key.provider(), new Gate(slots), meters);
        if (ours) {
            Tags tags = Tags.of("provider", key.provider(), "model", key.model());
            registry.gauge("weir.lane.waiting", tags, lane, Lane::waiting);
            registry.gauge("weir.lane.concurrency", tags, slots, AdaptiveLimit::limit);
        }
        return new ModelLane(lane, slots, ours && accounts.containsKey(key.provider()));
    }

    /// So many processes of this service share the accounts, each of which takes an equal part of
    /// every limit.
    public void sharedBy(int count) {
        if (count < 1 || count == instances) {
            return;
        }
        instances = count;
        accounts.forEach((provider, lane) ->
                lane.limit(configured.getOrDefault(provider, Limits.NONE).dividedBy(count)));
    }

    int instances() {
        return instances;
    }

    void told(ModelLane model, ToldLimits told) {
        Lane lane = model.lane();
        Limits limits = model.limited() ? Limits.NONE : told.limits();
        if (!limits.isNone() || !lane.limits().isNone()) {
            lane.limit(limits.dividedBy(instances));
            lane.atMost(part(told.requestsLeft()), part(told.tokensLeft()));
        }
    }

    private @Nullable Double part(@Nullable Double left) {
        return left == null ? null : left / instances;
    }

    void pause(ModelLane model, Duration wanted) {
        Duration longest = properties.longestPause();
        model.lane().pause(wanted.compareTo(longest) > 0 ? longest : wanted);
    }
}
