package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.r2dbc.placement.SiteKind;
import java.sql.Connection;
import java.sql.SQLException;

/// The instant in which the target becomes the place.
///
/// Where the source is the service's own database, that is one transaction: the one that holds the fence. Else the
/// source first turns writers away, then the registry names the target, and only then are readers sent on: whatever
/// ends in between, no writer is served at one side while the registry names the other.
record Switch(Connection home, Ends ends, MoveObserver observer) {

    void turn(Fence fence) throws SQLException {
        Move move = ends.move();
        if (ends.to().kind() != SiteKind.HOME) {
            Ends.unmark(ends.target(), move.tenant(), move.toSchema());
        }
        fence.left();
        if (ends.from().kind() == SiteKind.HOME) {
            register(fence.connection(), fence);
            Ends.markDeparted(fence.connection(), move.tenant(), move.fromSchema());
            fence.connection().commit();
            return;
        }
        Ends.markDeparting(fence.connection(), move);
        fence.connection().commit();
        observer.at(move, "departing");
        Jdbc.inTransaction(home, () -> register(home, fence));
        observer.at(move, "registered");
    }

    private void register(Connection connection, Fence fence) throws SQLException {
        Move move = ends.move();
        Location here = PlacementRegistry.location(connection, move.tenant());
        PlacementRegistry.place(
                connection,
                move.tenant(),
                new Location(move.toSite(), move.toSchema(), move.target(), here.epoch() + 1));
        if (ends.to().kind() == SiteKind.HOME) {
            Ends.unmark(connection, move.tenant(), move.toSchema());
        }
        move.switched(connection, fence.millis());
    }
}
