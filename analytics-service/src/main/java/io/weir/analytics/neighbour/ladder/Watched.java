package io.weir.analytics.neighbour.ladder;

import io.weir.analytics.neighbour.detection.Finding;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is known of a tenant between decisions. Lost with the process, which costs patience, not a decision.
///
/// @param last what was decided last
/// @param hot windows in which it was noisy, less calm ones
/// @param calm windows in a row in which it was not
/// @param since when it was first found noisy, of this time; null: it is not
/// @param resource where it was found noisy last
/// @param impact since then
public record Watched(
        Case last,
        int hot,
        int calm,
        @Nullable Instant since,
        String resource,
        double shareOverFairShare,
        Impact impact) {

    /// Nothing but what was decided.
    public static Watched of(Case last) {
        boolean open = last.stage() != Stage.NONE;
        return new Watched(
                last,
                0,
                0,
                open ? last.since() : null,
                last.resource(),
                last.shareOverFairShare(),
                open ? last.impact() : Impact.NONE);
    }

    /// The same counts under what another instance, or an operator, decided meanwhile.
    public Watched under(Case newer) {
        return newer.version() > last.version() ? of(newer) : this;
    }

    /// Whether nothing but its history is left.
    public boolean isOver() {
        return last.stage() == Stage.NONE && since == null;
    }

    Watched hotter(Finding finding, Instant now) {
        return new Watched(
                last,
                hot + 1,
                0,
                since == null ? now : since,
                finding.resource().name(),
                finding.shareOverFairShare(),
                impact.plus(finding));
    }

    Watched calmer() {
        return new Watched(last, Math.max(0, hot - 1), calm + 1, since, resource, shareOverFairShare, impact);
    }

    Watched patient() {
        return new Watched(last, 0, calm, since, resource, shareOverFairShare, impact);
    }

    Watched moved(Case to) {
        return to.stage() == Stage.NONE ? of(to) : new Watched(to, 0, 0, since, resource, shareOverFairShare, impact);
    }
}
