package io.weir.tenant.migration;

import io.weir.r2dbc.migration.Fleet;
import io.weir.r2dbc.migration.FleetJournal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// The journal of a driver, which blocks, on the store, which does not.
record StoredJournal(MigrationStore store) implements FleetJournal {

    private static final Duration WAIT = Duration.ofSeconds(30);

    @Override
    public Fleet read(UUID migration) {
        return Objects.requireNonNull(store.find(migration).block(WAIT));
    }

    @Override
    public void began(UUID migration, String site) {
        store.site(migration, site, Fleet.SiteState.RUNNING, List.of(), "").block(WAIT);
    }

    @Override
    public void done(UUID migration, String site, List<String> ran) {
        store.site(migration, site, Fleet.SiteState.DONE, ran, "").block(WAIT);
    }

    @Override
    public void failed(UUID migration, String site, String error) {
        store.site(migration, site, Fleet.SiteState.FAILED, List.of(), error).block(WAIT);
    }

    @Override
    public void ended(UUID migration, Fleet.State state) {
        store.end(migration, state).block(WAIT);
    }
}
