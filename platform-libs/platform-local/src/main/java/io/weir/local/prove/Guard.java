package io.weir.local.prove;

import io.weir.proof.guard.GuardCost;
import io.weir.proof.guard.GuardCost.Cost;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the guard costs a statement, at ten thousand tenants with ten million rows.
final class Guard implements Proof {

    private static final int ROWS_EACH = 1_000;
    private static final int PAIRS = 2_000;

    @Override
    public String name() {
        return "guard-cost";
    }

    @Override
    public String description() {
        return "row security, its proof and the search functions add less than 0.5 ms to a statement's median";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, SQLException {
        int tenants = undertaking.size() * 1_000;
        undertaking.say(String.format(
                Locale.ROOT, "%,d tenants with %,d rows each; %,d pairs of each shape", tenants, ROWS_EACH, PAIRS));
        try (OwnPostgres postgres = OwnPostgres.start(undertaking.directory())) {
            List<Cost> costs = new GuardCost(postgres.cluster(), tenants, ROWS_EACH, PAIRS, undertaking.seed())
                    .measured(undertaking::progress);
            undertaking.endProgress();
            List<String> table = table(costs);
            table.forEach(undertaking::say);
            Results.write(
                    undertaking.layout(),
                    "Guard cost",
                    "./weir prove guard-cost --size " + undertaking.size() + " --seed " + undertaking.seed(),
                    table);
            return new Outcome(costs.stream().allMatch(Cost::withinBar), costs);
        }
    }

    private static List<String> table(List<Cost> costs) {
        List<String> lines = new ArrayList<>(List.of(
                "| Statement | median, no policy | median, guarded | added | p99, no policy | p99, guarded |",
                "|---|---|---|---|---|---|"));
        for (Cost cost : costs) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %.0f us | %.0f us | %+.0f us (%+.0f%%) | %.0f us | %.0f us |",
                    cost.shape(),
                    cost.plainMedian(),
                    cost.guardedMedian(),
                    cost.added(),
                    100 * cost.added() / cost.plainMedian(),
                    cost.plainP99(),
                    cost.guardedP99()));
        }
        return lines;
    }
}
