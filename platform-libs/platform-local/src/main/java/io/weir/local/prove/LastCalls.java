package io.weir.local.prove;

import io.weir.local.prove.books.CapWalk;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// What a cap has left when all is quiet, by the ledger's own numbers, can be spent to the last token, and not one
/// more: a call that needs more is refused, one that needs it all is admitted. A hold that nobody knows of would show.
final class LastCalls {

    private static final int TRIES = 100;

    private final Client client;
    private final Ceilings ceilings;

    LastCalls(Client client, Customer poor) throws IOException, InterruptedException {
        this.client = client;
        this.ceilings = Ceilings.learn(client, poor, "The last call");
    }

    /// Of these customers, those whose cap behaves so.
    int right(List<Customer> customers, LedgerContents ledger) throws InterruptedException {
        int right = 0;
        for (int i = 0; i < customers.size(); i++) {
            CapWalk cap =
                    Objects.requireNonNull(ledger.caps().get(customers.get(i).tenantId()), "cap");
            long most = ceilings.tokensWithin(cap.cap() - cap.settled());
            boolean refuses = most < 0 || decided(i, customers.get(i), most + 1).exceedsBudget();
            boolean admits = most < 1 || decided(i, customers.get(i), most).status() == 200;
            right += refuses && admits ? 1 : 0;
        }
        return right;
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
