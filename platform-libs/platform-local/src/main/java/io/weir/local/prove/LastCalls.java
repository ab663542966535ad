package io.weir.local.prove;

import io.weir.local.prove.books.CapWalk;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.books.Money;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a cap has left when all is quiet, by the ledger's own numbers, can be spent to the last token, and not one
/// more: a call that needs more is refused, one that needs it all is admitted. A hold that nobody knows of would show.
final class LastCalls {

    private static final int TRIES = 100;
    // No call can need more; the cap is not used up then.
    private static final long LARGEST = 60_000;

    private final Client client;
    private final Ceilings ceilings;

    LastCalls(Client client, Customer poor) throws IOException, InterruptedException {
        this.client = client;
        this.ceilings = Ceilings.learn(client, poor, "The last call");
    }

    /// Of these customers, those whose cap behaves so.
    ///
    /// @param wrong hears of each that does not
    int right(List<Customer> customers, LedgerContents ledger, Consumer<String> wrong) throws InterruptedException {
        int right = 0;
        for (int i = 0; i < customers.size(); i++) {
            CapWalk cap =
                    Objects.requireNonNull(ledger.caps().get(customers.get(i).tenantId()), "cap");
            long left = cap.cap() - cap.settled();
            String difference = difference(i, customers.get(i), left);
            if (difference == null) {
                right++;
            } else {
                wrong.accept("  ! " + customers.get(i).slug() + " has $" + Money.text(left) + " left: " + difference);
            }
        }
        return right;
    }

    private @Nullable String difference(int index, Customer customer, long left) throws InterruptedException {
        long most = Math.min(ceilings.tokensWithin(left), LARGEST);
        if (most < LARGEST) {
            Seen more = decided(index, customer, most + 1);
            if (!more.exceedsBudget()) {
                return "a call of $" + Money.text(ceilings.of(most + 1)) + " was answered " + more.status() + " "
                        + more.detail();
            }
        }
        if (most >= 1) {
            Seen all = decided(index, customer, most);
            if (all.status() != 200) {
                return "a call of $" + Money.text(ceilings.of(most)) + " was answered " + all.status() + " "
                        + all.detail();
            }
        }
        return null;
    }

    private Seen decided(int index, Customer customer, long tokens) throws InterruptedException {
        Seen seen = client.make(index, customer, ceilings.path(), ceilings.body(tokens));
        for (int i = 0; i < TRIES && seen.status() >= 500; i++) {
            Trial.pause(100);
            seen = client.make(index, customer, ceilings.path(), ceilings.body(tokens));
        }
        return seen;
    }
}
