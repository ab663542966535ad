package io.weir.r2dbc.migration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Migrates one site after the other. What a site could not do is rolled back there, and the others are as they were;
/// whether they follow is said by the migration's policy. May be killed at any time: whoever drives it next continues
/// at the site that was interrupted, where what ran is not run again. One driver at a time per migration.
public final class FleetDriver {

    private static final Logger LOG = LoggerFactory.getLogger(FleetDriver.class);

    private final SiteCatalogue catalogue;
    private final FleetJournal journal;
    private final RandomGenerator random;
    private final MigrationOptions options;

    public FleetDriver(
            SiteCatalogue catalogue, FleetJournal journal, RandomGenerator random, MigrationOptions options) {
        this.catalogue = catalogue;
        this.journal = journal;
        this.random = random;
        this.options = options;
    }

    /// Drives until it ends, is paused, or `stopping` says so; answers as it then stands. Blocks.
    public Fleet drive(UUID migration, BooleanSupplier stopping) {
        Map<String, MigrationTarget> targets =
                catalogue.targets().stream().collect(Collectors.toMap(MigrationTarget::name, Function.identity()));
        Fleet fleet = journal.read(migration);
        while (fleet.state() == Fleet.State.RUNNING && !stopping.getAsBoolean()) {
            Fleet.Site next = next(fleet.sites());
            if (next == null) {
                boolean all = fleet.count(Fleet.SiteState.FAILED) == 0;
                journal.ended(migration, all ? Fleet.State.SUCCEEDED : Fleet.State.FAILED);
            } else if (!migrate(fleet, next, targets.get(next.name()))
                    && (next.canary() || fleet.onFailure() == Fleet.OnFailure.STOP)) {
                journal.ended(migration, Fleet.State.FAILED);
            }
            fleet = journal.read(migration);
            progress(fleet);
        }
        return fleet;
    }

    private static Fleet.@Nullable Site next(List<Fleet.Site> sites) {
        return sites.stream()
                .filter(site -> site.state() == Fleet.SiteState.WAITING || site.state() == Fleet.SiteState.RUNNING)
                .findFirst()
                .orElse(null);
    }

    private boolean migrate(Fleet fleet, Fleet.Site site, @Nullable MigrationTarget target) {
        journal.began(fleet.id(), site.name());
        if (target == null) {
            // The tenant was moved or left; where it is now was made up to date when it was made.
            journal.done(fleet.id(), site.name(), List.of());
            return true;
        }
        MigrationOptions chosen = fleet.contract() ? options.withContract() : options;
        try {
            journal.done(fleet.id(), site.name(), new MigrationRunner(chosen, random).run(target));
            return true;
        } catch (RuntimeException failed) {
            LOG.error("Migration {}: site {} failed and was rolled back", fleet.id(), site.name(), failed);
            journal.failed(fleet.id(), site.name(), String.valueOf(failed.getMessage()));
            return false;
        }
    }

    private static void progress(Fleet fleet) {
        Duration eta = fleet.eta();
        LOG.info(
                "Migration {} is {}: {} of {} sites done, {} failed, about {} s to go",
                fleet.id(),
                fleet.state().word(),
                fleet.count(Fleet.SiteState.DONE),
                fleet.sites().size(),
                fleet.count(Fleet.SiteState.FAILED),
                eta == null ? "?" : eta.toSeconds());
    }
}
