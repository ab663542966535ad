package io.weir.analytics.neighbour.ladder;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.snapshots.catalog.TenantRestriction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A tenant's stage as it was decided, once; a row of its history.
///
/// @param version rises with every decision about the tenant, also over restarts
/// @param at when it was decided
/// @param enforced false: automatic steps are switched off, so it is said and not done
/// @param byHand an operator set it, so that nothing but its time or an operator ends it
/// @param resource where it was found noisy, or `-`
/// @param shareOverFairShare when it was decided
/// @param since when it was first found noisy, of this time
/// @param until when the stage ends by itself
/// @param pardonedUntil before it, nothing is done about the tenant automatically; null: no pardon
/// @param relapses how often it was held back again soon after it was let go
/// @param reason names no other tenant
/// @param actor who decided
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Case(
        TenantId tenantId,
        Stage stage,
        long version,
        Cause cause,
        Instant at,
        boolean enforced,
        boolean byHand,
        String resource,
        double shareOverFairShare,
        Instant since,
        Instant until,
        @Nullable Instant pardonedUntil,
        int relapses,
        Impact impact,
        String reason,
        String actor) {

    private static final String NOWHERE = "-";
    private static final long LEAD_MILLIS = 5_000;

    /// Before anything was decided. It is in no history.
    public static Case blank(TenantId tenant) {
        Instant never = Instant.EPOCH;
        return new Case(
                tenant,
                Stage.NONE,
                0,
                Cause.EXPIRED,
                never,
                false,
                false,
                NOWHERE,
                0,
                never,
                never,
                null,
                0,
                Impact.NONE,
                "",
                "");
    }

    public boolean isPardoned(Instant now) {
        return pardonedUntil != null && now.isBefore(pardonedUntil);
    }

    /// Whether it holds the tenant back, or would if automatic steps were on.
    public boolean isOpen(Instant now) {
        return stage != Stage.NONE && now.isBefore(until);
    }

    /// As the data plane follows it.
    public TenantRestriction restriction() {
        return new TenantRestriction(
                tenantId, stage.step(), stage.weight(), stage.maxConcurrency(), until, reason, at, version);
    }

    /// An operator's pardon: whatever stage it is at ends.
    public Case pardoned(Instant now, Instant until, String reason, String actor) {
        return decided(Stage.NONE, Cause.PARDONED, now)
                .ahead()
                .with(now, until, true, true, "pardoned until " + until + ": " + reason, actor);
    }

    /// An operator's restriction; it ends any pardon.
    public Case restricted(Stage to, Instant now, Instant until, String reason, String actor) {
        return decided(to, Cause.RESTRICTED, now)
                .ahead()
                .measured(NOWHERE, 0, now, Impact.NONE, 0)
                .with(until, null, true, true, "restricted: " + reason, actor);
    }

    Case decided(Stage to, Cause why, Instant now) {
        return new Case(
                tenantId,
                to,
                Math.max(version + 1, now.toEpochMilli()),
                why,
                now,
                enforced,
                byHand,
                resource,
                shareOverFairShare,
                stage == Stage.NONE ? now : since,
                until,
                pardonedUntil,
                relapses,
                impact,
                reason,
                actor);
    }

    // An automatic decision that is under way at the same time, from what was before, counts as older.
    private Case ahead() {
        return new Case(
                tenantId,
                stage,
                version + LEAD_MILLIS,
                cause,
                at,
                enforced,
                byHand,
                resource,
                shareOverFairShare,
                since,
                until,
                pardonedUntil,
                relapses,
                impact,
                reason,
                actor);
    }

    Case with(
            Instant ends,
            @Nullable Instant pardonEnds,
            boolean isEnforced,
            boolean isByHand,
            String why,
            String whoever) {
        return new Case(
                tenantId,
                stage,
                version,
                cause,
                at,
                isEnforced,
                isByHand,
                resource,
                shareOverFairShare,
                since,
                ends,
                pardonEnds,
                relapses,
                impact,
                why,
                whoever);
    }

    Case measured(String where, double share, Instant first, Impact harm, int relapsed) {
        return new Case(
                tenantId,
                stage,
                version,
                cause,
                at,
                enforced,
                byHand,
                where,
                share,
                first,
                until,
                pardonedUntil,
                relapsed,
                harm,
                reason,
                actor);
    }

    /// `8.5 times its fair share of openai/gpt-4o while others wait`.
    static String words(double share, String resource) {
        return String.format(Locale.ROOT, "%.1f times its fair share of %s while others wait", share, resource);
    }
}
