package io.weir.r2dbc.placement.move;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Compares the tenant's rows on both sides while its writers are fenced.
final class Verification {

    private Verification() {}

    /// Throws [MoveFailedException] naming the table that differs.
    static void demandEqual(Ends ends, List<PlacedTable> tables, Fence fence) throws SQLException {
        fence.bound(ends.source());
        fence.bound(ends.target());
        FutureTask<Map<String, Checksum>> there = new FutureTask<>(() -> Checksum.of(
                ends.target(), ends.move().toSchema(), tables, ends.move().tenant()));
        Thread.ofVirtual().name("move-verification").start(there);
        try {
            Map<String, Checksum> source = Checksum.of(
                    ends.source(), ends.move().fromSchema(), tables, ends.move().tenant());
            demandEqual(source, there.get());
        } catch (SQLException failed) {
            throw fence.cutOff(failed);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof SQLException cause) {
                throw fence.cutOff(cause);
            }
            throw new MoveFailedException("the target could not be compared with the source", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new SQLException("stopped while both sides were compared", stopped);
        }
        Fence.unbound(ends.source());
        Fence.unbound(ends.target());
    }

    private static void demandEqual(Map<String, Checksum> source, Map<String, Checksum> target) {
        source.forEach((table, expected) -> {
            Checksum found = target.get(table);
            if (!expected.equals(found)) {
                throw new MoveFailedException("verification: table " + table + " has " + expected.rows()
                        + " rows at the source, and " + (found == null ? 0 : found.rows())
                        + " at the target, or rows that differ");
            }
        });
    }
}
