package io.weir.gateway.limit;

import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a caller may send: each of these holds, the key's before its tenant's, so that what a key sends too much takes
/// nothing from the tenant's other keys. What a tenant has of its own stands in place of its plan's.
record Ceilings(List<OfRate> rates, List<OfRunning> running) {

    static final String PLAN = "plan";
    static final String TENANT = "tenant";
    static final String KEY = "key";

    /// Requests per second.
    ///
    /// @param source whose limit it is
    /// @param key under which gateways share it; its braces keep all of a tenant on one node of a cluster
    record OfRate(String source, String key, BigDecimal perSecond, int burstFactor) {}

    /// Calls at the same time.
    ///
    /// @param source whose limit it is
    /// @param key under which gateways share it
    record OfRunning(String source, String key, int calls) {}

    /// @param terms of the tenant's plan
    /// @param planRates whether the plan's rate and calls at the same time are limits; its burst always counts
    static Ceilings of(Caller caller, PlanSnapshot.@Nullable Terms terms, boolean planRates) {
        TenantSettings.Limits own = caller.tenant().settings().limits();
        PlanSnapshot.Terms plan = planRates ? terms : null;
        KeySettings.Limits ofKey = keyLimits(caller);
        List<OfRate> rates = new ArrayList<>(2);
        List<OfRunning> running = new ArrayList<>(2);
        if (own == null && plan == null && ofKey == null) {
            return new Ceilings(rates, running);
        }
        Integer factor = terms == null ? null : terms.burstFactor();
        int burst = factor == null ? 1 : factor;
        String tenant = "{" + caller.tenantId() + "}";
        if (ofKey != null) {
            String key = tenant + ":key:" + caller.credential().id();
            add(rates, KEY, key, ofKey.requestsPerSecond(), burst);
            add(running, KEY, key, ofKey.maxConcurrency());
        }
        BigDecimal perSecond = own == null ? null : own.requestsPerSecond();
        if (perSecond != null) {
            add(rates, TENANT, tenant, perSecond, burst);
        } else if (plan != null) {
            add(rates, PLAN, tenant, plan.requestsPerSecond(), burst);
        }
        Integer calls = own == null ? null : own.maxConcurrency();
        if (calls != null) {
            add(running, TENANT, tenant, calls);
        } else if (plan != null) {
            add(running, PLAN, tenant, plan.maxConcurrency());
        }
        return new Ceilings(rates, running);
    }

    private static void add(
            List<OfRate> rates, String source, String key, @Nullable BigDecimal perSecond, int burstFactor) {
        if (perSecond != null) {
            rates.add(new OfRate(source, key + ":second", perSecond, burstFactor));
        }
    }

    private static void add(List<OfRunning> running, String source, String key, @Nullable Integer calls) {
        if (calls != null) {
            running.add(new OfRunning(source, key + ":running", calls));
        }
    }

    private static KeySettings.@Nullable Limits keyLimits(Caller caller) {
        KeySettings settings = caller.credential() instanceof Credential.OfKey(var key) ? key.settings() : null;
        return settings == null ? null : settings.limits();
    }
}
