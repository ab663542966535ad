package io.weir.local.prove;

import io.weir.local.prove.books.Account;
import io.weir.local.prove.books.CapWalk;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.books.Money;
import io.weir.local.prove.books.Reconciliation.Found;
import io.weir.local.prove.books.Refusals;
import io.weir.local.prove.books.Refusals.Judged;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Load;
import io.weir.local.prove.load.Seen;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the books of a trial say when all is quiet.
record Verdict(Found found, LedgerContents ledger, Judged refusals) {

    private static final int SHOWN = 5;

    static Verdict of(Trial trial, List<Customer> customers, Collection<Seen> seen)
            throws IOException, InterruptedException, SQLException {
        LedgerContents ledger = trial.quiet(customers);
        Found found = trial.compare(ledger, seen);
        return new Verdict(found, ledger, Refusals.judge(seen, customers, ledger.caps()));
    }

    boolean isProven() {
        return found.isClean() && overruns() == 0 && refusals.mistaken() == 0;
    }

    private int overruns() {
        return ledger.caps().values().stream().mapToInt(CapWalk::overruns).sum();
    }

    /// The tables, and an example of whatever is wrong.
    void tell(Undertaking undertaking, List<Customer> customers, Collection<Seen> seen, Duration loaded) {
        undertaking.endProgress();
        new MeteringTable(undertaking, customers).print(found, ledger, refusals);
        undertaking.say(String.format(
                Locale.ROOT,
                "%,d calls in %d s (%.0f a second); for their clients: %s; problems: %s",
                seen.size(),
                loaded.toSeconds(),
                seen.size() * 1_000.0 / Math.max(1, loaded.toMillis()),
                Load.results(seen),
                Load.problems(seen)));
        ledger.caps().values().stream()
                .filter(cap -> cap.overruns() > 0)
                .forEach(cap -> undertaking.say("  ! a cap of $" + Money.text(cap.cap()) + " was passed by request "
                        + cap.firstOverrun() + ": $" + Money.text(cap.most())));
        found.examples().forEach(example -> undertaking.say("  ! " + example));
        refusals.examples().stream().limit(SHOWN).forEach(example -> undertaking.say("  ! " + example));
    }

    /// For `--json`; may be added to.
    Map<String, Object> summary(long seed, int calls, int kills) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("seed", seed);
        summary.put("calls", calls);
        summary.put("kills", kills);
        summary.put("unexplained", found.unexplained());
        summary.put("doubled", found.doubled());
        summary.put("openHolds", found.openHolds());
        summary.put("recovered", found.recovered());
        long difference = found.accounts().values().stream()
                .mapToLong(Account::recoveredDifference)
                .sum();
        summary.put("recoveredDifference", Money.text(difference));
        summary.put("differing", found.differing());
        summary.put("unsealed", found.unsealed());
        summary.put("misdebited", found.misdebited());
        summary.put("overruns", overruns());
        summary.put("budgetExceeded", refusals.exceeded());
        summary.put("falseRefusals", refusals.mistaken());
        summary.put("budgetRecovering", refusals.recovering());
        summary.put("longestRecoveryMillis", refusals.longestRecovery().toMillis());
        summary.put("duplicatesDropped", ledger.duplicates());
        return summary;
    }
}
