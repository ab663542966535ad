package io.weir.r2dbc.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetDriverIT {

    private FleetDatabase database;
    private final List<MigrationTarget> targets = new ArrayList<>();

    @BeforeEach
    void create() throws SQLException {
        database = new FleetDatabase();
        targets.add(database.schema("public", "fleet/labels"));
        targets.add(database.schema("tenant_acme", "fleet/labels"));
        targets.add(database.schema("tenant_globex", "fleet/labels"));
    }

    @Test
    void everySiteIsMigratedCanariesFirst() {
        Memory journal = journal(Fleet.OnFailure.STOP, "globex_not_there", "tenant_globex");
        Fleet ended = driver(journal).drive(journal.id(), () -> false);
        assertThat(ended.state()).isEqualTo(Fleet.State.SUCCEEDED);
        assertThat(journal.begun).containsExactly("home/tenant_globex", "home/public", "home/tenant_acme");
        assertThat(ended.sites()).allMatch(site -> site.ran().size() == 4);
        assertThat(ended.eta()).isEqualTo(Duration.ZERO);
    }

    @Test
    void aCanaryThatFailsStopsEverythingEvenWhereOthersWouldBeSkipped() throws SQLException {
        targets.add(database.schema("tenant_bad", "fleet/broken"));
        Memory journal = journal(Fleet.OnFailure.SKIP, "tenant_bad");
        Fleet ended = driver(journal).drive(journal.id(), () -> false);
        assertThat(ended.state()).isEqualTo(Fleet.State.FAILED);
        assertThat(journal.begun).containsExactly("home/tenant_bad");
        assertThat(ended.count(Fleet.SiteState.WAITING)).isEqualTo(3);
        assertThat(ended.sites().getFirst().error()).contains("home/tenant_bad").contains("already exists");
    }

    @Test
    void aSiteThatFailsIsRolledBackAndTheOthersStopOrFollow() throws SQLException {
        targets.add(1, database.schema("tenant_bad", "fleet/broken"));
        Memory stopping = journal(Fleet.OnFailure.STOP);
        assertThat(driver(stopping).drive(stopping.id(), () -> false).state()).isEqualTo(Fleet.State.FAILED);
        assertThat(stopping.begun).containsExactly("home/public", "home/tenant_bad");

        Memory skipping = journal(Fleet.OnFailure.SKIP);
        Fleet ended = driver(skipping).drive(skipping.id(), () -> false);
        assertThat(ended.state()).isEqualTo(Fleet.State.FAILED);
        assertThat(ended.count(Fleet.SiteState.DONE)).isEqualTo(3);
        assertThat(database.one("SELECT string_agg(column_name, ',') FROM information_schema.columns"
                        + " WHERE table_schema = 'tenant_bad' AND table_name = 'label'"))
                .isEqualTo("label_id");
    }

    @Test
    void aPausedOneEndsAfterItsSiteAndContinuesThere() {
        Memory journal = journal(Fleet.OnFailure.STOP);
        journal.pauseAfter = 1;
        assertThat(driver(journal).drive(journal.id(), () -> false).state()).isEqualTo(Fleet.State.PAUSED);
        assertThat(journal.begun).containsExactly("home/public");
        journal.state(Fleet.State.RUNNING);
        assertThat(driver(journal).drive(journal.id(), () -> false).state()).isEqualTo(Fleet.State.SUCCEEDED);
        assertThat(journal.begun).containsExactly("home/public", "home/tenant_acme", "home/tenant_globex");
    }

    // A kill leaves a site begun, with all of its migrations run, some or none.
    @Test
    void afterAKillTheNextDriverContinuesAtTheInterruptedSite() {
        Memory journal = journal(Fleet.OnFailure.STOP);
        journal.began(journal.id(), "home/public");
        new MigrationRunner(MigrationOptions.defaults(), new Random(1)).run(targets.getFirst());
        Fleet ended = driver(journal).drive(journal.id(), () -> false);
        assertThat(ended.state()).isEqualTo(Fleet.State.SUCCEEDED);
        assertThat(ended.sites().getFirst().ran()).isEmpty();
        assertThat(ended.sites().getLast().ran()).hasSize(4);
    }

    @Test
    void aSiteThatIsGoneIsPassedOver() {
        Memory journal = journal(Fleet.OnFailure.STOP);
        targets.remove(2);
        assertThat(driver(journal).drive(journal.id(), () -> false).state()).isEqualTo(Fleet.State.SUCCEEDED);
    }

    @Test
    void aProcessThatStopsLeavesItRunningForTheNext() {
        Memory journal = journal(Fleet.OnFailure.STOP);
        assertThat(driver(journal)
                        .drive(journal.id(), () -> journal.begun.size() == 1)
                        .state())
                .isEqualTo(Fleet.State.RUNNING);
        assertThat(driver(journal).drive(journal.id(), () -> false).state()).isEqualTo(Fleet.State.SUCCEEDED);
    }

    private FleetDriver driver(Memory journal) {
        return new FleetDriver(() -> List.copyOf(targets), journal, new Random(1), MigrationOptions.defaults());
    }

    private Memory journal(Fleet.OnFailure policy, String... canaries) {
        return new Memory(new Fleet(
                UUID.randomUUID(), Fleet.State.RUNNING, policy, false, Fleet.order(targets, Set.of(canaries))));
    }

    private static final class Memory implements FleetJournal {
        private final List<String> begun = new ArrayList<>();
        private Fleet fleet;
        private int pauseAfter = Integer.MAX_VALUE;

        Memory(Fleet fleet) {
            this.fleet = fleet;
        }

        UUID id() {
            return fleet.id();
        }

        void state(Fleet.State state) {
            fleet = new Fleet(fleet.id(), state, fleet.onFailure(), fleet.contract(), fleet.sites());
        }

        @Override
        public Fleet read(UUID migration) {
            return fleet;
        }

        @Override
        public void began(UUID migration, String site) {
            begun.add(site);
            set(
                    site,
                    old -> new Fleet.Site(
                            site, old.canary(), Fleet.SiteState.RUNNING, List.of(), null, Instant.EPOCH, null));
        }

        @Override
        public void done(UUID migration, String site, List<String> ran) {
            end(site, Fleet.SiteState.DONE, ran, null);
        }

        @Override
        public void failed(UUID migration, String site, String error) {
            end(site, Fleet.SiteState.FAILED, List.of(), error);
        }

        @Override
        public void ended(UUID migration, Fleet.State state) {
            state(state);
        }

        private void end(String site, Fleet.SiteState state, List<String> ran, @Nullable String error) {
            set(
                    site,
                    old -> new Fleet.Site(
                            site, old.canary(), state, ran, error, old.startedAt(), Instant.EPOCH.plusSeconds(2)));
            if (begun.size() == pauseAfter) {
                pauseAfter = Integer.MAX_VALUE;
                state(Fleet.State.PAUSED);
            }
        }

        private void set(String name, UnaryOperator<Fleet.Site> change) {
            fleet = new Fleet(
                    fleet.id(),
                    fleet.state(),
                    fleet.onFailure(),
                    fleet.contract(),
                    fleet.sites().stream()
                            .map(site -> site.name().equals(name) ? change.apply(site) : site)
                            .toList());
        }
    }
}
