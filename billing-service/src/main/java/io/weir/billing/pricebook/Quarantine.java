package io.weir.billing.pricebook;

import io.weir.billing.pricebook.Comparison.Change;
import java.util.List;
import java.util.stream.Collectors;

/// Says why a version waits, in the refusal of an approval that does not accept it.
final class Quarantine {

    private static final int MOST_SHOWN = 5;

    private Quarantine() {}

    static String refusal(Comparison comparison) {
        List<Change> large = comparison.changed().stream().filter(Change::large).toList();
        String shown = large.stream().limit(MOST_SHOWN).map(Quarantine::words).collect(Collectors.joining("; "));
        String more = large.size() > MOST_SHOWN ? "; and " + (large.size() - MOST_SHOWN) + " more" : "";
        return large.size() + " prices change by more than 20%: " + shown + more
                + ". Look at the comparison; if it is right, approve with {\"acceptLargeChanges\": true}.";
    }

    private static String words(Change change) {
        String model = change.price().provider() + "/" + change.price().model();
        String meter = change.price().meter().wireName();
        String by = change.times() != null
                ? "times " + change.times()
                : change.percent() == null ? "from nothing" : change.percent().toPlainString() + "%";
        return model + " " + meter + " from " + change.before() + " to " + change.after() + " (" + by + ")";
    }
}
