package io.weir.orchestration.route;

import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.ownkey.OwnKeys;
import io.weir.orchestration.ownkey.OwnKeys.Own;
import io.weir.orchestration.provider.Provider;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.List;

/// Puts the tenant's own accounts into a plan: at a provider that the tenant has a key for, a call goes out with that
/// key, and with the platform's only where the tenant allows it, next. Safe for use by many threads.
public final class OwnCandidates {

    private final OwnKeys keys;

    public OwnCandidates(OwnKeys keys) {
        this.keys = keys;
    }

    /// The same candidates in the same order, each on the account that the tenant wants, as far as that one is in a
    /// region that tenant and request allow. Throws a 4xx where none is.
    ///
    /// @param candidates on the platform's account
    public List<Candidate> of(TenantSnapshot tenant, RoutingWishes asked, List<Candidate> candidates) {
        return Fences.of(tenant.settings(), asked).atHome(onAccounts(tenant.tenantId(), candidates));
    }

    private List<Candidate> onAccounts(TenantId tenant, List<Candidate> candidates) {
        List<Candidate> all = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            Own own = keys.find(tenant, candidate.route().provider()).orElse(null);
            if (own != null) {
                all.add(candidate.at(own.provider()).because(candidate.route().reason() + "; own key"));
            }
            if (own == null || own.platformToo()) {
                all.add(candidate);
            }
        }
        return all;
    }

    Plan of(TenantSnapshot tenant, RoutingWishes asked, Plan plan) {
        Fences fences = Fences.of(tenant.settings(), asked);
        List<Candidate> left = fences.atHome(onAccounts(tenant.tenantId(), plan.candidates()));
        return new Plan(left, plan.baseline(), plan.decision().without(fences.leftOut()));
    }

    /// Whether the model would be refused at once at that provider, on every account that the tenant's calls may use.
    boolean isShut(TenantId tenant, Provider provider, Shut circuits) {
        return keys.find(tenant, provider)
                .map(own -> circuits.isShut(own.provider()) && (!own.platformToo() || circuits.isShut(provider)))
                .orElseGet(() -> circuits.isShut(provider));
    }

    /// Asks the circuit of a model at a provider.
    interface Shut {
        boolean isShut(Provider provider);
    }
}
