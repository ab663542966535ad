package io.weir.gateway.origin;

import io.weir.gateway.call.Caller;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which origins are listed, by whom. A browser asks before it calls, and then without a key: such a question is
/// answered by what any tenant has listed, without telling which; the call itself by its own tenant's list
/// alone. Safe for many threads.
public final class Origins {

    private final OriginList operators;
    private final Map<String, OriginList> byTenant = new ConcurrentHashMap<>();
    // How many tenants list each entry.
    private final Map<String, Integer> listed = new ConcurrentHashMap<>();

    /// @param operators origins whose pages may call with any tenant's key; `*`: everybody's
    public Origins(Set<String> operators) {
        this.operators = new OriginList(operators);
    }

    /// To be told of every change of a tenant, one at a time.
    public void tenantChanged(SnapshotChange<TenantSnapshot> change) {
        TenantSnapshot tenant = change.value();
        OriginList now = tenant == null
                ? OriginList.NONE
                : new OriginList(tenant.settings().allowedOrigins());
        OriginList before = now.entries().isEmpty() ? byTenant.remove(change.key()) : byTenant.put(change.key(), now);
        now.entries().forEach(entry -> listed.merge(entry, 1, Integer::sum));
        if (before != null) {
            before.entries().forEach(entry -> listed.computeIfPresent(entry, Origins::oneLess));
        }
    }

    /// Whether the operator or any tenant has listed it.
    public boolean isKnown(String origin) {
        if (operators.contains(origin)) {
            return true;
        }
        return OriginList.spellings(origin).stream().anyMatch(listed::containsKey);
    }

    /// Whether its pages may call with that caller's key.
    public boolean isAllowed(String origin, Caller caller) {
        return operators.contains(origin)
                || byTenant.getOrDefault(caller.tenantId(), OriginList.NONE).contains(origin);
    }

    // Null takes the entry away.
    @SuppressWarnings("NullAway")
    private static Integer oneLess(String entry, Integer count) {
        return count == 1 ? null : count - 1;
    }
}
