package io.weir.orchestration.budget.lease;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a commit that the store answered outlives its machine. Leases and what is settled count as told from then
/// on; a failover to a replica without them lets a cap be passed by what was spent in its last moments.
public final class Replication {

    private static final Logger LOG = LoggerFactory.getLogger(Replication.class);
    private static final String WHY = "how the budgets' database is replicated is the same for all tenants";
    private static final String ASK = """
            SELECT current_setting('synchronous_commit') AS commits,
                current_setting('synchronous_standby_names') AS standbys,
                (SELECT count(*) FROM pg_stat_replication) AS replicas
            """;

    private Replication() {}

    /// Logs a warning where commits may be lost. Does not wait for the answer, and fails never.
    public static void warn(PlatformTransaction transaction) {
        transaction
                .in(
                        WHY,
                        client -> client.sql(ASK)
                                .map(row -> risk(
                                        Column.of(row, "commits", String.class),
                                        Column.of(row, "standbys", String.class),
                                        Column.of(row, "replicas", Long.class)))
                                .one())
                .subscribe(
                        risk -> {
                            if (!risk.isEmpty()) {
                                LOG.warn("Budgets may be passed after a failover or a crash of the database: {}", risk);
                            }
                        },
                        unknown -> LOG.debug("It is not known how the database is replicated", unknown));
    }

    /// Empty: none.
    static String risk(String commits, String standbys, long replicas) {
        if (commits.equals("off")) {
            return "synchronous_commit is off. Set it to on.";
        }
        if (replicas > 0 && (standbys.isEmpty() || commits.equals("local"))) {
            return "there are " + replicas + " replicas, and commits do not wait for any."
                    + " Set synchronous_standby_names, and synchronous_commit to on.";
        }
        return "";
    }
}
