package io.weir.orchestration.budget;

import io.weir.security.Passport;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Scope;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// On whose account a call runs: its tenant, and those within it that may have budgets of their own.
///
/// @param keyId the API key's public id; a person's subject where none was used
/// @param memberId null: not a person's call
public record Payer(
        TenantSnapshot tenant, String keyId, @Nullable String memberId, Tags tags) {

    private static final String MEMBER = "member:";

    public static Payer of(TenantSnapshot tenant, Passport passport, Tags tags) {
        String subject = passport.subject();
        return new Payer(
                tenant, passport.keyId(), subject.startsWith(MEMBER) ? subject.substring(MEMBER.length()) : null, tags);
    }

    /// What budgets may count the call as, those closest to the caller first.
    List<String> targets() {
        TenantId id = tenant.tenantId();
        List<String> targets = new ArrayList<>();
        targets.add(BudgetSnapshot.target(Scope.KEY, id, keyId));
        if (memberId != null) {
            targets.add(BudgetSnapshot.target(Scope.MEMBER, id, memberId));
        }
        tags.words().forEach(tag -> targets.add(BudgetSnapshot.target(Scope.TAG, id, tag)));
        targets.add(BudgetSnapshot.target(Scope.TENANT, id, null));
        targets.add(BudgetSnapshot.target(Scope.PLATFORM, id, null));
        return targets;
    }
}
