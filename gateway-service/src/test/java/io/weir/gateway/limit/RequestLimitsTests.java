package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class RequestLimitsTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final KeySettings.Limits ONE_PER_SECOND = new KeySettings.Limits(BigDecimal.ONE, null);

    private final MemoryLimitStore store = new MemoryLimitStore(0);
    private final TenantId tenant = new TenantId(UUID.randomUUID());

    @Test
    void aKeysOwnRateHoldsBesideItsTenantsAndTakesNothingFromOtherKeys() {
        RequestLimits limits = limits(null, true, null);
        TenantSettings settings = settings("4", null, null);

        assertThat(sent(limits, "slow", ONE_PER_SECOND, settings).limit()).isEqualTo("key.requestsPerSecond");
        Call refused = sent(limits, "slow", ONE_PER_SECOND, settings);
        assertThat(refused.limit()).isEqualTo("key.requestsPerSecond");
        assertThat(refused.refusal()).isEqualTo("rate_limit_exceeded");
        assertThat(refused.allowance()).isNotNull().satisfies(known -> {
            assertThat(known.limit()).isEqualTo(1);
            assertThat(known.retryMicros()).isEqualTo(1_000_000);
        });

        Call other = sent(limits, "fast", null, settings);
        assertThat(other.refusal()).as("one of two is left").isNull();
        assertThat(other.limit()).isEqualTo("tenant.requestsPerSecond");
        Call beyond = sent(limits, "fast", null, settings);
        assertThat(beyond.refusal()).isEqualTo("rate_limit_exceeded");
        assertThat(beyond.limit()).isEqualTo("tenant.requestsPerSecond");
    }

    @Test
    void aPlansRateHoldsUntilTheTenantHasOneOfItsOwn() {
        PlanSnapshot.Terms plan = terms("2", 3, null, null);
        RequestLimits limits = limits(plan, true, null);

        assertThat(sent(limits, "key", null, TenantSettings.DEFAULTS).limit()).isEqualTo("plan.requestsPerSecond");
        assertThat(sent(limits, "key", null, TenantSettings.DEFAULTS).refusal()).isEqualTo("rate_limit_exceeded");
        sent(limits, "key", null, settings("1000", null, null));
        store.now += 10_000;
        Call widened = sent(limits, "key", null, settings("1000", null, null));
        assertThat(widened.refusal()).isNull();
        assertThat(widened.limit()).isEqualTo("tenant.requestsPerSecond");

        RequestLimits without = limits(plan, false, null);
        assertThat(sent(without, "key", null, TenantSettings.DEFAULTS).allowance())
                .isNull();
    }

    @Test
    void aKeysOwnCallsAtTheSameTimeAreFreeAgainWhenTheyEnd() {
        RequestLimits limits = limits(terms(null, 2, null, null), true, null);
        KeySettings.Limits one = new KeySettings.Limits(null, 1);
        Disposable running = guarded(limits, call(), "one", one, TenantSettings.DEFAULTS, Mono.never())
                .subscribe();

        Call second = sent(limits, "one", one, TenantSettings.DEFAULTS);
        assertThat(second.refusal()).isEqualTo("rate_limit_exceeded");
        assertThat(second.limit()).isEqualTo("key.maxConcurrency");
        guarded(limits, call(), "two", null, TenantSettings.DEFAULTS, Mono.never())
                .subscribe();
        Call third = sent(limits, "two", null, TenantSettings.DEFAULTS);
        assertThat(third.limit()).isEqualTo("plan.maxConcurrency");
        assertThat(third.refusal()).isEqualTo("rate_limit_exceeded");

        running.dispose();
        assertThat(sent(limits, "one", one, TenantSettings.DEFAULTS).refusal()).isNull();
    }

    @Test
    void aFullPlatformIsNoTenantsFaultAndUsesUpNoQuota() {
        RequestLimits limits = limits(null, true, "2");
        TenantSettings settings = settings(null, 2L, null);
        assertThat(sent(limits, "key", null, settings).refusal()).isNull();

        for (int i = 0; i < 3; i++) {
            Call full = sent(limits, "key", null, settings);
            assertThat(full.refusal()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE.code());
            assertThat(full.retryMicros()).isEqualTo(500_000);
        }
        store.now += 500_000;
        assertThat(sent(limits, "key", null, settings).refusal())
                .as("the second of two a month")
                .isNull();
        store.now += 500_000;
        assertThat(sent(limits, "key", null, settings).refusal()).isEqualTo("insufficient_quota");
    }

    @Test
    void whereFurtherCallsArePricedTheyAreServedAndMarked() {
        RequestLimits limits = limits(terms(null, null, 2L, "0.005"), true, null);
        assertThat(sent(limits, "key", null, TenantSettings.DEFAULTS).overage()).isNull();
        assertThat(sent(limits, "key", null, TenantSettings.DEFAULTS).overage()).isNull();

        Call third = sent(limits, "key", null, TenantSettings.DEFAULTS);
        assertThat(third.refusal()).isNull();
        assertThat(third.overage()).isEqualTo("0.005");
        assertThat(third.allowance()).as("no limit of requests").isNull();

        // Read again every second, and with every change of the tenant.
        store.now += 1_000_000;
        Call own = sent(limits, "key", null, settings(null, 2L, null));
        assertThat(own.refusal()).as("a tenant's own is a limit").isEqualTo("insufficient_quota");
    }

    private Call sent(RequestLimits limits, String key, KeySettings.@Nullable Limits ofKey, TenantSettings settings) {
        Call call = call();
        guarded(limits, call, key, ofKey, settings, Mono.empty())
                .onErrorResume(PlatformException.class, refusal -> {
                    call.refusedWith(refusal.type().code());
                    return Mono.empty();
                })
                .block(LIMIT);
        return call;
    }

    private Mono<Void> guarded(
            RequestLimits limits,
            Call call,
            String key,
            KeySettings.@Nullable Limits ofKey,
            TenantSettings settings,
            Mono<Void> served) {
        ApiKeySnapshot snapshot = new ApiKeySnapshot(
                key,
                tenant,
                "",
                key,
                Scope.FIRST_KEY,
                ApiKeySnapshot.Status.ACTIVE,
                null,
                1,
                null,
                List.of(),
                ofKey == null ? null : new KeySettings(null, ofKey),
                null);
        TenantSnapshot owner = new TenantSnapshot(
                tenant,
                new TenantSlug("corp"),
                TenantStatus.ACTIVE,
                "plan",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                settings,
                1,
                Instant.EPOCH);
        return limits.guard(call, HttpMethod.POST, new Caller(snapshot, owner), served);
    }

    private static Call call() {
        return new Call("r", RouteClass.INFERENCE, 0, InetAddress.getLoopbackAddress(), false);
    }

    private static TenantSettings settings(
            @Nullable String perSecond, @Nullable Long perMonth, @Nullable Integer running) {
        BigDecimal rate = perSecond == null ? null : new BigDecimal(perSecond);
        return new TenantSettings(
                TenantSettings.DEFAULTS.models(),
                null,
                List.of(),
                new TenantSettings.Limits(
                        rate, null, null, null, perMonth, null, null, running, null, null, null, null));
    }

    private static PlanSnapshot.Terms terms(
            @Nullable String perSecond, @Nullable Integer running, @Nullable Long included, @Nullable String overage) {
        return new PlanSnapshot.Terms(
                Instant.EPOCH,
                Amount.ZERO,
                included,
                PlanSnapshot.Period.MONTH,
                overage == null ? null : Rate.of(overage),
                Rate.of("1"),
                100,
                null,
                null,
                null,
                null,
                null,
                perSecond == null ? null : new BigDecimal(perSecond),
                running);
    }

    private RequestLimits limits(PlanSnapshot.@Nullable Terms terms, boolean planRates, @Nullable String cap) {
        Peers peers = new Peers(store, 1);
        peers.count().block(LIMIT);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LimitCounters counters = LimitCounters.in(registry);
        InstantSource clock = () -> NOON.plusNanos(store.now * 1_000);
        CallQuotas quotas = new CallQuotas(
                store,
                peers,
                LimitCounters.ofQuotas(registry),
                LimitCounters.ofIncludedCalls(registry),
                any -> terms,
                clock);
        return new RequestLimits(
                new PacedCalls(store, peers, counters, () -> store.now),
                new RunningCalls(store, peers, counters, () -> store.now),
                quotas,
                new PlatformCap(
                        new PacedCalls(store, peers, LimitCounters.ofPlatform(registry), () -> store.now),
                        cap == null ? null : new BigDecimal(cap)),
                any -> terms,
                planRates);
    }
}
