package io.weir.tenant.quota;

import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.settings.Cascade;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The quotas of a tenant that is on a plan, with what it uses of them.
final class PlanQuotas {

    private final Plan.Terms terms;
    private final Cascade cascade;
    private final Used used;

    /// @param cascade of system, this plan and the tenant's own settings
    PlanQuotas(Plan plan, Instant now, Cascade cascade, Used used) {
        this.terms = plan.termsAt(now);
        this.cascade = cascade;
        this.used = used;
    }

    List<Quota> all() {
        return Stream.of(
                        calls("callsPerDay", PlanSnapshot.Period.DAY),
                        calls("callsPerMonth", PlanSnapshot.Period.MONTH),
                        of("requestsPerHour", Quota.Kind.HARD, used.requestsThisHour()),
                        tokens(),
                        of("documents", Quota.Kind.HARD, null),
                        of("storageMb", Quota.Kind.HARD, null),
                        of("keys", Quota.Kind.HARD, used.keys()),
                        of("members", Quota.Kind.HARD, used.members()),
                        of("databaseConnections", Quota.Kind.HARD, null))
                .filter(Objects::nonNull)
                .toList();
    }

    // Where there is nothing to buy beyond the included calls they are a limit; where there is none at all, fair use.
    private @Nullable Quota calls(String name, PlanSnapshot.Period period) {
        boolean overridden = cascade.at("limits." + name).isPresent();
        if (overridden) {
            return of(name, Quota.Kind.HARD, null);
        }
        if (terms.billed().includedPer() != period) {
            return null;
        }
        Long included = terms.billed().includedCalls();
        return Quota.of(name, included, included == null ? Quota.Kind.SOFT : Quota.Kind.PRICED, "plan", null);
    }

    private Quota tokens() {
        boolean limited = cascade.at("limits.tokensPerMonth").isPresent();
        return limited
                ? of("tokensPerMonth", Quota.Kind.HARD, used.tokensThisMonth())
                : Quota.of("tokensPerMonth", terms.tokensPerMonth(), Quota.Kind.PRICED, "plan", used.tokensThisMonth());
    }

    private Quota of(String name, Quota.Kind kind, @Nullable Long amount) {
        return cascade.at("limits." + name)
                .map(limit -> Quota.of(name, limit.value().longValue(), kind, limit.source(), amount))
                .orElseGet(() -> Quota.of(name, null, Quota.Kind.SOFT, "plan", amount));
    }
}
