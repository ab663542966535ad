package io.weir.orchestration.budget.lease;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import reactor.core.publisher.Mono;

/// How many processes of this service live, by what they told the database.
public final class LiveHolders {

    private static final String WHY = "processes of this service divide what they share";
    private static final String LIVE = """
            SELECT count(*)::int AS live FROM budget_holder
            WHERE dead_at IS NULL AND expires_at > clock_timestamp()
            """;

    private final PlatformTransaction transaction;

    public LiveHolders(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// This one included, once it was heard of.
    public Mono<Integer> count() {
        return transaction.in(
                WHY,
                client -> client.sql(LIVE)
                        .map(row -> Column.of(row, "live", Integer.class))
                        .one());
    }
}
