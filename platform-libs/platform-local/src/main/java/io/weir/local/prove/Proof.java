package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/// Something that can be proven by trying.
public interface Proof {

    /// What it is called on the command line.
    String name();

    /// What it shows, in a line.
    String description();

    /// Blocks until it is done. Throws when it could not be done; a failed proof is an outcome.
    Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException;

    /// How it ended.
    ///
    /// @param summary printed with `--json`, as one line
    record Outcome(boolean proven, Object summary) {}

    /// All that there are.
    static List<Proof> all() {
        return List.of(
                new Isolation(),
                new Guard(),
                new Provisioning(),
                new ExactlyOnce(),
                new IngestionRate(),
                new Sockets(),
                new Lanes(),
                new Fuzz(),
                new LoadScenarios(),
                new OpenStreams(),
                new Soak(),
                new Metering(Rig.Size.WHOLE),
                new HardBudgets(Rig.Size.WHOLE),
                new Fairness(),
                new SickProviders(),
                new Limits(),
                new RestoreDrill());
    }
}
