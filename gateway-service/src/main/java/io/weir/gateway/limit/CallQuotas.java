package io.weir.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How many requests each tenant may send per hour, day and month of its own time zone.
final class CallQuotas {

    // A quota's permits are given back long before.
    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final long MILLIS = 1_000;

    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LimitCounters included;
    private final Function<TenantSnapshot, PlanSnapshot.@Nullable Terms> terms;
    private final InstantSource clock;
    private final Cache<String, Counted> tenants =
            Caffeine.newBuilder().expireAfterAccess(UNUSED).build();

    /// @param included counts calls within and beyond those that a plan includes and prices
    /// @param terms of the tenant's plan, as far as they are enforced; null: not at all
    CallQuotas(
            LimitStore store,
            Peers peers,
            LimitCounters counters,
            LimitCounters included,
            Function<TenantSnapshot, PlanSnapshot.@Nullable Terms> terms,
            InstantSource clock) {
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.included = included;
        this.terms = terms;
        this.clock = clock;
    }

    /// What a tenant's quotas were when they were last worked out: anew where it changed, and every second for its
    /// plan's terms.
    private static final class Counted {

        private final Map<String, PermitGate<Quota>> gates = new ConcurrentHashMap<>();
        private volatile Known known;

        Counted(Known known) {
            this.known = known;
        }
    }

    private record Known(long version, long until, List<Quota> quotas) {}

    /// Completes when the call is within all of its tenant's quotas; fails with a 429 problem where it is not.
    Mono<Void> demand(Call call, TenantSnapshot tenant) {
        Counted counted = counted(tenant);
        Mono<Void> all = Mono.empty();
        for (Quota quota : counted.known.quotas()) {
            all = all.then(Mono.defer(() -> gate(counted, tenant, quota).pass(quota))
                    .flatMap(allowance -> decide(call, quota, allowance)));
        }
        return all;
    }

    /// Takes back what a call used up that the platform then had no room for.
    void putBack(Call call, TenantSnapshot tenant) {
        Counted counted = counted(tenant);
        for (Quota quota : counted.known.quotas()) {
            if (quota.overage() == null || call.overage() == null) {
                gate(counted, tenant, quota).putBack();
            }
        }
    }

    /// Gives back what nobody used lately. To be called every second.
    void giveBack() {
        tenants.asMap().values().forEach(counted -> counted.gates.values().forEach(PermitGate::giveBack));
    }

    private Counted counted(TenantSnapshot tenant) {
        String id = tenant.tenantId().toString();
        long now = clock.millis();
        Counted found = tenants.get(id, absent -> new Counted(known(tenant, now)));
        Known known = found.known;
        if (known.version() != tenant.version() || now >= known.until()) {
            found.known = known(tenant, now);
        }
        return found;
    }

    private Known known(TenantSnapshot tenant, long now) {
        return new Known(tenant.version(), now + MILLIS, quotas(tenant, terms.apply(tenant)));
    }

    // The shortest first: what a longer one refuses must not count there, what a shorter one refuses may.
    static List<Quota> quotas(TenantSnapshot tenant, PlanSnapshot.@Nullable Terms terms) {
        TenantSettings.Limits own = tenant.settings().limits();
        List<Quota> quotas = new ArrayList<>();
        ZoneId zone = ZoneId.of(tenant.timeZone());
        Long hour = terms == null ? null : terms.requestsPerHour();
        add(quotas, zone, "requestsPerHour", Quota.Span.HOUR, own == null ? null : own.requestsPerHour(), hour, null);
        add(quotas, zone, "requestsPerDay", Quota.Span.DAY, own == null ? null : own.requestsPerDay(), null, null);
        // Where further calls are priced the included ones are no limit; beyond them a call is marked.
        String overage = terms == null || terms.overagePerCall() == null
                ? null
                : terms.overagePerCall().toPlainString();
        Long day = included(terms, PlanSnapshot.Period.DAY);
        add(quotas, zone, "callsPerDay", Quota.Span.DAY, own == null ? null : own.callsPerDay(), day, overage);
        Long month = included(terms, PlanSnapshot.Period.MONTH);
        add(quotas, zone, "callsPerMonth", Quota.Span.MONTH, own == null ? null : own.callsPerMonth(), month, overage);
        return List.copyOf(quotas);
    }

    private static void add(
            List<Quota> quotas,
            ZoneId zone,
            String name,
            Quota.Span span,
            @Nullable Long own,
            @Nullable Long ofPlan,
            @Nullable String overage) {
        if (own != null) {
            quotas.add(new Quota("limits." + name, own, span, zone, Ceilings.TENANT, null));
        } else if (ofPlan != null) {
            quotas.add(new Quota("limits." + name, ofPlan, span, zone, Ceilings.PLAN, overage));
        }
    }

    private static @Nullable Long included(PlanSnapshot.@Nullable Terms terms, PlanSnapshot.Period period) {
        return terms == null || terms.includedPer() != period ? null : terms.includedCalls();
    }

    private PermitGate<Quota> gate(Counted counted, TenantSnapshot tenant, Quota quota) {
        String gate = quota.overage() == null ? quota.setting() : quota.setting() + " included";
        return counted.gates.computeIfAbsent(gate, absent -> {
            String key = "{" + tenant.tenantId() + "}:" + quota.name();
            QuotaLease lease = new QuotaLease(quota, peers.instances(), micros());
            LimitCounters counts = quota.overage() == null ? counters : included;
            return new PermitGate<>(key, lease, store, peers, counts, this::micros, Schedulers.parallel());
        });
    }

    private long micros() {
        return TimeUnit.MILLISECONDS.toMicros(clock.millis());
    }

    private Mono<Void> decide(Call call, Quota quota, Allowance allowance) {
        String overage = quota.overage();
        if (overage != null) {
            if (allowance.retryMicros() > 0) {
                call.pricedAt(overage);
            }
            return Mono.empty();
        }
        String name = quota.source() + "." + quota.name();
        if (allowance.retryMicros() == 0) {
            Standing.note(call, allowance, name);
            return Mono.empty();
        }
        // Nobody should wait for hours and then try again.
        call.limitedTo(new Allowance(allowance.limit(), 0, allowance.resetMicros(), 0), name);
        Instant anew =
                Instant.ofEpochSecond(quota.windowAt(clock.millis() / MILLIS).ends());
        return Mono.error(new PlatformException(
                ProblemType.INSUFFICIENT_QUOTA,
                "The tenant may send " + quota.limit() + " requests per "
                        + quota.span().word()
                        + ", and they are used up. They start anew at " + anew + " (" + quota.zone()
                        + "). Trying again before does not help. The limit is the setting " + quota.setting()
                        + ", which an administrator can raise."));
    }
}
