package io.weir.local.prove;

import io.weir.proof.IsolationProof;
import io.weir.proof.IsolationResult;
import io.weir.proof.mutant.Caught;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Tenants are kept apart: attacks, mutants, and the storm with its control.
final class Isolation implements Proof {

    @Override
    public String name() {
        return "isolation";
    }

    @Override
    public String description() {
        return "no tenant sees, changes, counts or infers what is another's; 20 and more mutants are caught";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, SQLException {
        Telling telling = new Telling(undertaking);
        try (OwnPostgres postgres = OwnPostgres.start(undertaking.directory())) {
            IsolationResult result =
                    new IsolationProof(postgres.cluster(), undertaking.lasting(), undertaking.seed(), telling).run();
            telling.table(result);
            return new Outcome(result.proven(), result);
        }
    }

    private static final class Telling implements IsolationProof.Reporter {

        private final Undertaking undertaking;
        private final List<Caught> mutants = new ArrayList<>();
        private boolean inProgress;

        Telling(Undertaking undertaking) {
            this.undertaking = undertaking;
        }

        @Override
        public void part(String title) {
            endLine();
            undertaking.say(title);
        }

        @Override
        public void progress(String line) {
            undertaking.progress(line);
            inProgress = true;
        }

        @Override
        public void wrong(String line) {
            endLine();
            undertaking.say("  WRONG  " + line);
        }

        @Override
        public void mutant(Caught caught) {
            mutants.add(caught);
            progress(mutants.size() + " made, "
                    + mutants.stream().filter(Caught::isCaught).count() + " caught");
        }

        void table(IsolationResult result) {
            endLine();
            undertaking.say("");
            undertaking.say(String.format(Locale.ROOT, "%-58s %s", "MUTANT", "CAUGHT BY"));
            for (Caught one : mutants) {
                undertaking.say(String.format(Locale.ROOT, "%-58s %s", one.mutant(), by(one)));
            }
            undertaking.say("");
            undertaking.say(String.format(
                    Locale.ROOT,
                    "rows of others seen %d, changed %d; mutants %d, caught %d; the storm's control was %s",
                    result.seen(),
                    result.changed(),
                    result.mutants(),
                    result.caught(),
                    result.controlCaught() ? "caught" : "NOT caught"));
            undertaking.say(result.proven() ? "isolation holds" : "isolation is NOT proven");
        }

        private static String by(Caught one) {
            if (!one.isCaught()) {
                return "NOBODY";
            }
            String first = one.by().getFirst();
            String attack = one.by().stream()
                    .filter(by -> !by.startsWith("verifier") && !by.equals(first))
                    .findFirst()
                    .map(by -> "; " + by)
                    .orElse("");
            return first + attack;
        }

        private void endLine() {
            if (inProgress) {
                undertaking.endProgress();
                inProgress = false;
            }
        }
    }
}
