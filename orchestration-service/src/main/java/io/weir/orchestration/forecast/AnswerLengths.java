package io.weir.orchestration.forecast;

import io.weir.orchestration.task.TaskClass;
import io.weir.tenancy.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;

/// Learns how long answers are, for each tenant from its own alone, so that no tenant's calls move another's estimates
/// or tell it anything. Lives in this process and starts anew with it; forgets the tenants that called longest ago.
/// Safe for use by many threads.
public final class AnswerLengths {

    private static final int MOST_TENANTS = 10_000;

    // Guarded by this object's monitor, as is all within.
    private final Map<TenantId, TenantLengths> tenants = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TenantId, TenantLengths> eldest) {
            return size() > MOST_TENANTS;
        }
    };

    /// Learns from an answer that ended by itself.
    ///
    /// @param tokens of the answer, reasoning included
    /// @param reasoning those among them that the client does not see
    public synchronized void observe(TenantId tenant, TaskClass task, String model, long tokens, long reasoning) {
        tenants.computeIfAbsent(tenant, id -> new TenantLengths()).observe(task, model, tokens, reasoning);
    }

    /// What an answer to such a task will be for that tenant.
    public synchronized AnswerForecast of(TenantId tenant, TaskClass task, String model) {
        TenantLengths known = tenants.get(tenant);
        return (known == null ? new TenantLengths() : known).of(task, model);
    }
}
