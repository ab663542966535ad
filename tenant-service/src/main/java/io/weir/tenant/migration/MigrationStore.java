package io.weir.tenant.migration;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.migration.Fleet;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Migrations of all sites in the database.
@Component
final class MigrationStore {

    private static final String REASON = "migrations of all sites";

    private final PlatformTransaction platform;

    MigrationStore(PlatformTransaction platform) {
        this.platform = platform;
    }

    /// Keeps a new one; fails with a 409 while another is running or paused.
    ///
    /// @param note of what is done, last in its transaction
    Mono<Void> begin(Fleet fleet, String by, Function<DatabaseClient, Mono<Void>> note) {
        return platform.in(
                        REASON,
                        client -> insert(client, fleet, by)
                                .thenMany(Flux.range(0, fleet.sites().size()))
                                .concatMap(i -> insert(
                                        client, fleet.id(), i, fleet.sites().get(i)))
                                .then(Mono.defer(() -> note.apply(client))))
                .onErrorMap(DuplicateKeyException.class, other -> busy());
    }

    /// Fails with a 404 when there is none of that id.
    Mono<Fleet> find(UUID id) {
        return platform.in(REASON, client -> read(client, id));
    }

    /// All that some process should drive.
    Mono<List<UUID>> running() {
        return platform.in(
                REASON,
                client -> client.sql("SELECT migration_id FROM fleet_migration WHERE state = 'running'")
                        .map(row -> Column.first(row, UUID.class))
                        .all()
                        .collectList());
    }

    /// No further site is begun. Fails with a 409 where it is not running.
    Mono<Fleet> pause(UUID id, Function<DatabaseClient, Mono<Void>> note) {
        return platform.in(
                REASON,
                client -> turn(client, id, "paused", "running")
                        .flatMap(changed -> changed == 0 ? refused(client, id, "paused") : read(client, id))
                        .delayUntil(paused -> note.apply(client)));
    }

    /// Goes on, with the sites that failed once more. Fails with a 409 where it is neither paused nor failed.
    Mono<Fleet> resume(UUID id, Function<DatabaseClient, Mono<Void>> note) {
        return platform.in(
                        REASON,
                        client -> turn(client, id, "running", "paused", "failed")
                                .flatMap(changed -> changed == 0
                                        ? refused(client, id, "resumed")
                                        : again(client, id).then(read(client, id)))
                                .delayUntil(resumed -> note.apply(client)))
                .onErrorMap(DuplicateKeyException.class, other -> busy());
    }

    Mono<Void> site(UUID id, String site, Fleet.SiteState state, List<String> ran, String error) {
        return platform.in(
                REASON,
                client -> client.sql("""
                        UPDATE fleet_migration_site SET state = :state, ran = ran || :ran,
                            error = nullif(:error, ''),
                            started_at = CASE WHEN :state = 'running' THEN now() ELSE started_at END,
                            ended_at = CASE WHEN :state = 'running' THEN NULL ELSE clock_timestamp() END
                        WHERE migration_id = :id AND site = :site""")
                        .bind("state", word(state))
                        .bind("ran", ran.toArray(String[]::new))
                        .bind("error", error)
                        .bind("id", id)
                        .bind("site", site)
                        .then());
    }

    Mono<Void> end(UUID id, Fleet.State state) {
        return platform.in(
                REASON, client -> turn(client, id, state.word(), "running").then());
    }

    private static Mono<Long> turn(DatabaseClient client, UUID id, String to, String... from) {
        return client.sql("UPDATE fleet_migration SET state = :to,"
                        + " ended_at = CASE WHEN :to IN ('succeeded', 'failed') THEN now() END"
                        + " WHERE migration_id = :id AND state = ANY(:from)")
                .bind("to", to)
                .bind("id", id)
                .bind("from", from)
                .fetch()
                .rowsUpdated();
    }

    private static Mono<Void> again(DatabaseClient client, UUID id) {
        return client.sql(
                        "UPDATE fleet_migration_site SET state = 'waiting' WHERE migration_id = :id AND state = 'failed'")
                .bind("id", id)
                .then();
    }

    private static Mono<Fleet> refused(DatabaseClient client, UUID id, String word) {
        return read(client, id)
                .flatMap(fleet -> Mono.error(new PlatformException(
                        ProblemType.CONFLICT,
                        "This migration is " + fleet.state().word() + " and cannot be " + word + ".")));
    }

    private static Mono<Void> insert(DatabaseClient client, Fleet fleet, String by) {
        return client.sql("INSERT INTO fleet_migration (migration_id, state, on_failure, contract, begun_by)"
                        + " VALUES (:id, :state, :policy, :contract, :by)")
                .bind("id", fleet.id())
                .bind("state", fleet.state().word())
                .bind("policy", fleet.onFailure().name().toLowerCase(Locale.ROOT))
                .bind("contract", fleet.contract())
                .bind("by", by)
                .then();
    }

    private static Mono<Void> insert(DatabaseClient client, UUID id, int position, Fleet.Site site) {
        return client.sql("INSERT INTO fleet_migration_site (migration_id, site, position, canary, state)"
                        + " VALUES (:id, :site, :position, :canary, :state)")
                .bind("id", id)
                .bind("site", site.name())
                .bind("position", position)
                .bind("canary", site.canary())
                .bind("state", word(site.state()))
                .then();
    }

    private static Mono<Fleet> read(DatabaseClient client, UUID id) {
        Mono<List<Fleet.Site>> sites = client.sql(
                        "SELECT * FROM fleet_migration_site WHERE migration_id = :id ORDER BY position")
                .bind("id", id)
                .map(row -> site(row))
                .all()
                .collectList();
        return sites.flatMap(all -> client.sql("SELECT * FROM fleet_migration WHERE migration_id = :id")
                        .bind("id", id)
                        .map(row -> fleet(row, all))
                        .one())
                .switchIfEmpty(Mono.error(
                        () -> new PlatformException(ProblemType.NOT_FOUND, "There is no migration of that id.")));
    }

    private static Fleet fleet(Readable row, List<Fleet.Site> sites) {
        return new Fleet(
                Column.of(row, "migration_id", UUID.class),
                Fleet.State.valueOf(upper(row, "state")),
                Fleet.OnFailure.valueOf(upper(row, "on_failure")),
                Column.of(row, "contract", Boolean.class),
                sites);
    }

    private static Fleet.Site site(Readable row) {
        return new Fleet.Site(
                Column.of(row, "site", String.class),
                Column.of(row, "canary", Boolean.class),
                Fleet.SiteState.valueOf(upper(row, "state")),
                List.of(Column.of(row, "ran", String[].class)),
                row.get("error", String.class),
                row.get("started_at", Instant.class),
                row.get("ended_at", Instant.class));
    }

    private static String upper(Readable row, String column) {
        return Column.of(row, column, String.class).toUpperCase(Locale.ROOT);
    }

    private static String word(Fleet.SiteState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static PlatformException busy() {
        return new PlatformException(
                ProblemType.CONFLICT,
                "Another migration of all sites is running or paused. Wait for its end, or resume it.");
    }
}
