package io.weir.r2dbc.migration;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One migration of all sites, as far as it has come.
///
/// @param onFailure what happens to the others when a site fails that is no canary; a canary's failure always stops
/// @param contract whether migrations of the contract phase run too
/// @param sites in the order in which they are migrated
public record Fleet(UUID id, State state, OnFailure onFailure, boolean contract, List<Site> sites) {

    public Fleet {
        sites = List.copyOf(sites);
    }

    /// How a migration of all sites stands.
    public enum State {
        /// Some process drives it, or will in a moment.
        RUNNING,
        /// Nobody begins another site until it is resumed.
        PAUSED,
        /// Every site is up to date.
        SUCCEEDED,
        /// Stopped at a site that failed, or through with some that failed; may be resumed.
        FAILED;

        /// As it is written in JSON.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What happens to the other sites when one fails.
    public enum OnFailure {
        STOP,
        SKIP
    }

    /// How one site stands.
    public enum SiteState {
        WAITING,
        RUNNING,
        DONE,
        FAILED
    }

    /// @param ran the files that ran there, in order
    public record Site(
            String name,
            boolean canary,
            SiteState state,
            List<String> ran,
            @Nullable String error,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {

        /// One that waits for its turn.
        public static Site waiting(String name, boolean canary) {
            return new Site(name, canary, SiteState.WAITING, List.of(), null, null, null);
        }

        @Nullable
        Duration took() {
            return startedAt == null || endedAt == null ? null : Duration.between(startedAt, endedAt);
        }
    }

    /// The order of a migration of these: canaries, then home, then the others; each as the catalogue has them.
    ///
    /// @param canaries slugs of tenants with a site of their own
    public static List<Site> order(List<MigrationTarget> targets, Set<String> canaries) {
        return targets.stream()
                .map(target -> Site.waiting(target.name(), canaries.contains(target.tenant())))
                .sorted(Comparator.comparing(site -> !site.canary()))
                .toList();
    }

    /// How many sites are in that state.
    public int count(SiteState wanted) {
        return (int) sites.stream().filter(site -> site.state() == wanted).count();
    }

    /// How long the rest takes, if it takes as long per site as it did; null before the first site is done.
    public @Nullable Duration eta() {
        List<Duration> took = sites.stream()
                .filter(site -> site.state() == SiteState.DONE)
                .map(Site::took)
                .filter(duration -> duration != null)
                .toList();
        if (took.isEmpty()) {
            return null;
        }
        Duration sum = took.stream().reduce(Duration.ZERO, Duration::plus);
        return sum.dividedBy(took.size()).multipliedBy(count(SiteState.WAITING) + count(SiteState.RUNNING));
    }
}
