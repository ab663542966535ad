package io.weir.analytics.neighbour.ladder;

import io.weir.analytics.neighbour.detection.Finding;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Lower weight, fewer calls at once, quarantine, page: up while others suffer, down when they do not, and down by
/// itself when nobody renews it. What it decided shows in [Watched#last()].
public final class Ladder {

    private static final String ACTOR = "service:analytics";
    // Held back again within this time after it was let go, it is let go more slowly.
    private static final Duration RELAPSE = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 3;

    private final Patience patience;

    public Ladder(Patience patience) {
        this.patience = patience;
    }

    /// After one more window.
    ///
    /// @param finding about the tenant in that window; null: it was not noisy
    public Watched after(Watched before, @Nullable Finding finding, Instant now) {
        Watched seen = finding == null ? before.calmer() : before.hotter(finding, now);
        Case last = seen.last();
        if (last.isPardoned(now)) {
            // A decision that crossed the pardon gives way to it.
            return last.stage() == Stage.NONE ? seen.patient() : ended(seen, Cause.PARDONED, now);
        }
        if (last.stage() == Stage.NONE) {
            return finding == null ? forgotten(seen) : escalated(seen, now);
        }
        if (!patience.automatic() && last.enforced() && !last.byHand()) {
            return ended(seen, Cause.SWITCHED_OFF, now);
        }
        if (finding != null && !last.byHand() && isRunningOut(last, now)) {
            return to(seen, last.stage(), Cause.RENEWED, now);
        }
        if (!now.isBefore(last.until())) {
            return ended(seen, Cause.EXPIRED, now);
        }
        if (last.byHand()) {
            return seen.patient();
        }
        return finding == null ? calmed(seen, now) : escalated(seen, now);
    }

    private boolean isRunningOut(Case last, Instant now) {
        return !now.plus(patience.step().multipliedBy(2)).isBefore(last.until());
    }

    private Watched forgotten(Watched seen) {
        return seen.calm() >= patience.calmAfter() ? Watched.of(seen.last()) : seen;
    }

    private Watched escalated(Watched seen, Instant now) {
        Case last = seen.last();
        if (last.stage() != Stage.NONE && now.isBefore(last.at().plus(patience.window()))) {
            // What is measured is still from before the step.
            return seen.patient();
        }
        if (seen.hot() < patience.escalateAfter() || last.stage() == Stage.PAGE) {
            return seen;
        }
        return to(seen, last.stage().further(), Cause.ESCALATED, now);
    }

    private Watched calmed(Watched seen, Instant now) {
        Case last = seen.last();
        int enough = patience.calmAfter() << Math.min(MOST_DOUBLINGS, last.relapses());
        if (seen.calm() < enough) {
            return seen;
        }
        return last.stage().back() == Stage.NONE
                ? ended(seen, Cause.CALMED, now)
                : to(seen, last.stage().back(), Cause.CALMED, now);
    }

    private Watched to(Watched seen, Stage stage, Cause cause, Instant now) {
        Case last = seen.last();
        Instant since = seen.since() == null ? now : seen.since();
        return seen.moved(last.decided(stage, cause, now)
                .measured(seen.resource(), seen.shareOverFairShare(), since, seen.impact(), relapses(last, now))
                .with(
                        now.plus(patience.lasts()),
                        null,
                        patience.automatic(),
                        false,
                        cause == Cause.CALMED ? words(cause) : Case.words(seen.shareOverFairShare(), seen.resource()),
                        ACTOR));
    }

    private static int relapses(Case last, Instant now) {
        if (last.stage() != Stage.NONE) {
            return last.relapses();
        }
        boolean soon = last.version() > 0 && now.isBefore(last.at().plus(RELAPSE));
        boolean letGo = last.cause() == Cause.CALMED || last.cause() == Cause.EXPIRED;
        return soon && letGo ? last.relapses() + 1 : 0;
    }

    private static Watched ended(Watched seen, Cause cause, Instant now) {
        Case last = seen.last();
        Instant since = seen.since() == null ? last.since() : seen.since();
        return seen.moved(last.decided(Stage.NONE, cause, now)
                .measured(last.resource(), last.shareOverFairShare(), since, seen.impact(), last.relapses())
                .with(now, last.pardonedUntil(), last.enforced(), false, words(cause), ACTOR));
    }

    private static String words(Cause cause) {
        return switch (cause) {
            case CALMED -> "one stage back, for nobody waits because of it any longer";
            case SWITCHED_OFF -> "automatic steps were switched off";
            case PARDONED -> "pardoned";
            case EXPIRED, ESCALATED, RENEWED, RESTRICTED -> "its time ran out";
        };
    }
}
