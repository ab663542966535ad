package io.weir.r2dbc.placement;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Site;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds and makes room for tenants: a schema on a bridge, a database of their own. Blocks; safe for use by many
/// threads and processes, and after a crash at any point nothing is lost but what the next [#sweep] removes.
public final class Placements {

    private static final Logger LOG = LoggerFactory.getLogger(Placements.class);
    private static final Duration ORPHANED = Duration.ofMinutes(10);

    private static final String TAKEN = "23505";

    // One choice at a time, so that two do not take the last place.
    private static final String ONE_AT_A_TIME =
            "SELECT pg_advisory_xact_lock(hashtextextended('weir.placement.room', 0))";

    private final SiteConnections connections;
    private final SiteMaker maker;
    private final PlacementProperties properties;

    public Placements(SiteConnections connections, SiteMaker maker, PlacementProperties properties) {
        this.connections = connections;
        this.maker = maker;
        this.properties = properties;
    }

    /// How full a database of tenants' schemas is.
    public record Capacity(String name, String kind, int used, int cap) {}

    /// A place that was chosen and noted in the registry, not yet made.
    public record Choice(SiteDatabase database, String schema, Placement placement) {}

    /// Notes the choice in the transaction that makes it.
    @FunctionalInterface
    public interface Note {
        void write(Connection home, Choice choice) throws SQLException;
    }

    /// Makes a place for a tenant that does not exist yet. [Completion] makes it the tenant's; a place that nobody
    /// completes is removed after ten minutes. Fails with a 503 naming the cap where every bridge is full.
    public Location reserve(TenantId tenant, Placement placement, String schema) {
        if (placement == Placement.POOL) {
            return Location.POOL;
        }
        Location[] location = new Location[1];
        Choice choice = choose(placement, schema, tenant, 1, (home, chosen) -> {
            location[0] = new Location(chosen.database().name(), chosen.schema(), placement, 1);
            if (PlacementRegistry.takeOver(home, tenant, chosen.schema())) {
                throw new PlatformException(
                        ProblemType.CONFLICT, "A tenant of that name has schema " + chosen.schema() + " already.");
            }
            PlacementRegistry.reserve(home, tenant, location[0]);
        });
        make(choice);
        return location[0];
    }

    /// Removes what [#reserve] made for a tenant that will not exist after all.
    public void release(TenantId tenant, Location location) {
        if (location.placement() == Placement.POOL) {
            return;
        }
        try (Connection home = connections.mover(connections.home())) {
            discard(home, tenant);
        } catch (SQLException failed) {
            LOG.warn(
                    "The place of tenant {} at {} stays until the next sweep: {}", tenant, location, failed.toString());
        }
    }

    /// How full each database of tenants' schemas is.
    public List<Capacity> capacity() {
        try (Connection home = connections.mover(connections.home())) {
            List<Capacity> all = new ArrayList<>();
            for (SiteDatabase bridge : PlacementRegistry.bridges(home)) {
                all.add(new Capacity(
                        bridge.name(), bridge.kind().word(), PlacementRegistry.used(home, bridge.name()), cap(bridge)));
            }
            return all;
        } catch (SQLException failed) {
            throw away(failed);
        }
    }

    /// Removes places that were made for tenants which never came to be, or that were left long ago.
    public void sweep() throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            for (PlacementRegistry.Orphan orphan : PlacementRegistry.orphans(home, ORPHANED)) {
                discard(home, orphan.tenant());
            }
            for (SiteDatabase silo : PlacementRegistry.emptySilos(home, ORPHANED)) {
                maker.dropDatabase(silo);
                PlacementRegistry.remove(home, silo.name());
                LOG.info("Removed database {}: no tenant is there", silo);
            }
        }
    }

    /// Makes the service's own database known to the registry.
    public void registerHome() throws SQLException {
        try (Connection home = connections.mover(connections.home())) {
            PlacementRegistry.registerHome(home, connections.home(), properties.bridgeCap());
        }
    }

    /// Chooses a place and has it noted, in one transaction. Fails with a 503 naming the cap.
    public Choice choose(Placement placement, String schema, TenantId tenant, long epoch, Note note) {
        openNextBridge(placement);
        try (Connection home = connections.mover(connections.home())) {
            Choice[] choice = new Choice[1];
            Jdbc.inTransaction(home, () -> {
                Jdbc.list(home, row -> "", ONE_AT_A_TIME);
                choice[0] = chosen(home, placement, schema, tenant, epoch);
                note.write(home, choice[0]);
            });
            return choice[0];
        } catch (SQLException failed) {
            throw failed.getSQLState() != null && failed.getSQLState().equals(TAKEN) ? taken(failed) : away(failed);
        }
    }

    /// Makes the place ready for rows. May be repeated.
    public void make(Choice choice) {
        try {
            if (choice.placement() == Placement.SILO) {
                maker.makeDatabase(choice.database());
                try (Connection home = connections.mover(connections.home())) {
                    PlacementRegistry.open(home, choice.database().name());
                }
            } else if (choice.placement() == Placement.BRIDGE) {
                maker.makeSchema(choice.database(), choice.schema());
            }
        } catch (SQLException failed) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "A place for the tenant could not be made at " + choice.database() + ": " + failed.getMessage(),
                    failed);
        }
    }

    private Choice chosen(Connection home, Placement placement, String schema, TenantId tenant, long epoch)
            throws SQLException {
        return switch (placement) {
            case POOL -> new Choice(connections.home(), Site.PUBLIC, placement);
            case BRIDGE -> new Choice(roomiest(home), schema, placement);
            case SILO -> {
                SiteDatabase silo = silo(tenant, epoch);
                PlacementRegistry.announce(home, silo);
                yield new Choice(silo, Site.PUBLIC, placement);
            }
        };
    }

    // The epoch makes each a new name: what remembers a former database of the tenant cannot mistake it for this one.
    private SiteDatabase silo(TenantId tenant, long epoch) {
        String digits = tenant.toString().replace("-", "");
        String name = "silo_" + digits.substring(digits.length() - 12) + "_" + epoch;
        return new SiteDatabase(
                name, SiteKind.SILO, null, null, connections.roles().database() + "_" + name, null);
    }

    private SiteDatabase roomiest(Connection home) throws SQLException {
        SiteDatabase last = null;
        int cap = 0;
        for (SiteDatabase bridge : PlacementRegistry.bridges(home)) {
            int used = PlacementRegistry.used(home, bridge.name());
            cap = cap(bridge);
            if (used < properties.watermark(cap)) {
                return bridge;
            }
            last = last == null && used < cap ? bridge : last;
        }
        if (last == null) {
            throw full(cap);
        }
        return last;
    }

    private void openNextBridge(Placement placement) {
        if (placement != Placement.BRIDGE) {
            return;
        }
        try (Connection home = connections.mover(connections.home())) {
            @Nullable SiteDatabase[] next = new SiteDatabase[1];
            Jdbc.inTransaction(home, () -> {
                Jdbc.list(home, row -> "", ONE_AT_A_TIME);
                next[0] = nextBridge(home).orElse(null);
            });
            SiteDatabase wanted = next[0];
            if (wanted != null) {
                maker.makeDatabase(wanted);
                PlacementRegistry.open(home, wanted.name());
            }
        } catch (SQLException failed) {
            // What there is may have room for a while.
            LOG.error("The next database for tenants' schemas could not be opened", failed);
        }
    }

    private Optional<SiteDatabase> nextBridge(Connection home) throws SQLException {
        for (SiteDatabase bridge : PlacementRegistry.bridges(home)) {
            int used = PlacementRegistry.used(home, bridge.name());
            if (used < properties.watermark(cap(bridge))) {
                return Optional.empty();
            }
            LOG.warn("Database {} holds {} tenants' schemas of at most {}", bridge, used, cap(bridge));
        }
        int count = PlacementRegistry.bridges(home).size();
        if (count >= properties.bridgeDatabases()) {
            return Optional.empty();
        }
        String name = "bridge_" + count;
        SiteDatabase next = new SiteDatabase(
                name, SiteKind.BRIDGE, null, null, connections.roles().database() + "_" + name, properties.bridgeCap());
        PlacementRegistry.announce(home, next);
        return Optional.of(next);
    }

    // Locked while its place is removed: who would complete it at this very moment waits, and finds it gone. A place
    // that another reservation has taken over, or that has become a tenant's, is not touched.
    private void discard(Connection home, TenantId tenant) throws SQLException {
        Jdbc.inTransaction(home, () -> {
            PlacementRegistry.Orphan orphan =
                    PlacementRegistry.lockReserved(home, tenant).orElse(null);
            if (orphan == null) {
                return;
            }
            SiteDatabase database = PlacementRegistry.database(home, orphan.site());
            PlacementRegistry.release(home, tenant);
            if (orphan.placement() == Placement.SILO) {
                maker.dropDatabase(database);
                PlacementRegistry.remove(home, orphan.site());
            } else {
                maker.dropSchema(database, orphan.schema());
            }
            LOG.info("Removed {} of {}: nobody was provisioned there", orphan.schema(), orphan.site());
        });
    }

    private int cap(SiteDatabase bridge) {
        Integer cap = bridge.cap();
        return cap == null ? properties.bridgeCap() : cap;
    }

    private static PlatformException full(int cap) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "Every bridge database is full: each holds its cap of " + cap
                        + " tenants (weir.placement.bridge-cap). Ask the operator to allow another"
                        + " (weir.placement.bridge-databases), or choose another placement.");
    }

    private static PlatformException taken(SQLException failed) {
        return new PlatformException(
                ProblemType.CONFLICT, "The tenant is being placed or moved already. Wait for that to end.", failed);
    }

    private static PlatformException away(SQLException failed) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The registry of placements cannot be reached. Try again in a moment.",
                failed);
    }
}
