package io.weir.local.prove.books;

import io.weir.local.prove.books.DebitBook.Debits;
import io.weir.local.prove.books.SealedBook.Sealed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Compares the books of one trial. Every attempt of the provider must have its row, every row its attempt; what has
/// none must be named: the call was recovered, or released before anything was consumed.
public final class Reconciliation {

    private static final int EXAMPLES = 20;

    private final Books books;
    private final Map<String, Account> accounts = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();
    private long differing;

    /// What is compared.
    ///
    /// @param rows of ClickHouse
    /// @param settlements request ids of ClickHouse's settlements
    /// @param sealed by tenant
    /// @param debits of those tenants that have a cap
    /// @param delivered requests whose whole answer a client has
    public record Books(
            List<Served> served,
            LedgerContents ledger,
            List<Row> rows,
            List<String> settlements,
            Map<String, Sealed> sealed,
            Map<String, Debits> debits,
            Set<String> capped,
            Set<String> delivered) {}

    /// @param unexplained attempts of the provider without a row, rows without an attempt, and answers that a client
    /// has in full of calls that are not settled
    /// @param doubled rows and settlements that are there twice
    /// @param differing complete answers whose tokens are not those that the provider counted
    /// @param unsealed tenants whose sealed hours are not what the ledger adds up to
    /// @param misdebited tenants whose budget was not debited what the ledger adds up to
    /// @param examples of what is wrong
    public record Found(
            Map<String, Account> accounts,
            long unexplained,
            long doubled,
            long openHolds,
            long recovered,
            long differing,
            long unsealed,
            long misdebited,
            List<String> examples) {

        public boolean isClean() {
            return unexplained == 0
                    && doubled == 0
                    && openHolds == 0
                    && differing == 0
                    && unsealed == 0
                    && misdebited == 0;
        }
    }

    private Reconciliation(Books books) {
        this.books = books;
    }

    public static Found of(Books books) {
        return new Reconciliation(books).compare();
    }

    private Found compare() {
        Map<String, List<Served>> served = new HashMap<>();
        books.served.forEach(one -> served.computeIfAbsent(one.requestId(), absent -> new ArrayList<>())
                .add(one));
        Map<String, List<Row>> rows = new HashMap<>();
        books.rows.forEach(one -> rows.computeIfAbsent(one.requestId(), absent -> new ArrayList<>())
                .add(one));
        Set<String> requests = new HashSet<>(books.ledger.entries().keySet());
        requests.addAll(served.keySet());
        requests.addAll(rows.keySet());
        for (String request : requests) {
            compare(request, served.getOrDefault(request, List.of()), rows.getOrDefault(request, List.of()));
        }
        lookForDoubledSettlements();
        lookForLostAnswers();
        addUp();
        return found();
    }

    private void compare(String request, List<Served> served, List<Row> rows) {
        Entry entry = books.ledger.entries().get(request);
        String tenant = entry != null
                ? entry.tenant()
                : rows.isEmpty() ? "unknown" : rows.getFirst().tenant();
        Account account = accounts.computeIfAbsent(tenant, absent -> new Account());
        account.provider += served.size();
        if (entry != null) {
            count(account, entry, served);
        }
        for (Row row : rows) {
            account.clickHouseRows++;
            account.clickHouseCost += row.cost();
        }
        List<Row> once = withoutDoubles(account, rows);
        compareWithLedger(account, request, once, entry);
        new Matching(account, request, entry).match(served, once);
    }

    private void count(Account account, Entry entry, List<Served> served) {
        account.held += entry.isHeld() ? 1 : 0;
        account.settled += entry.isSettled() ? 1 : 0;
        account.released += entry.isReleased() ? 1 : 0;
        account.kafkaRows += entry.attempts().size();
        account.kafkaCost += entry.cost();
        if (entry.isOpen()) {
            account.openHolds++;
            example("request " + entry.requestId() + " is held and was never resolved");
        }
        if (entry.isRecovered()) {
            account.recovered++;
            account.recoveredCost += entry.cost();
            for (Served one : served) {
                account.recoveredTruth +=
                        one.isAnswered() ? books.ledger.tariff().cost(one.model(), one) : 0;
            }
        }
    }

    private List<Row> withoutDoubles(Account account, List<Row> rows) {
        Map<Integer, Row> byNumber = new TreeMap<>();
        for (Row row : rows) {
            if (byNumber.put(row.n(), row) != null) {
                account.doubled++;
                example("attempt " + row.n() + " of request " + row.requestId() + " is in ClickHouse twice");
            }
        }
        return List.copyOf(byNumber.values());
    }

    private void compareWithLedger(Account account, String request, List<Row> rows, @Nullable Entry entry) {
        List<Row> must = entry == null ? List.of() : entry.attempts();
        for (Row row : rows) {
            if (!must.contains(row)) {
                unexplained(
                        account,
                        "ClickHouse's attempt " + row.n() + " of request " + request + " is not as in the ledger: "
                                + row);
            }
        }
    }

    private void lookForDoubledSettlements() {
        Set<String> seen = new HashSet<>();
        for (String request : books.settlements) {
            if (!seen.add(request)) {
                Entry entry = books.ledger.entries().get(request);
                accounts.computeIfAbsent(entry == null ? "unknown" : entry.tenant(), absent -> new Account()).doubled++;
                example("request " + request + " is settled twice in ClickHouse");
            }
        }
    }

    // What a client has in full was settled before its last byte.
    private void lookForLostAnswers() {
        for (String request : books.delivered) {
            Entry entry = books.ledger.entries().get(request);
            if (entry == null || !entry.isSettled()) {
                unexplained(
                        accounts.computeIfAbsent(entry == null ? "unknown" : entry.tenant(), absent -> new Account()),
                        "request " + request + " was answered in full and is not settled");
            }
        }
    }

    private void addUp() {
        books.sealed.forEach((tenant, hours) -> {
            Account account = accounts.computeIfAbsent(tenant, absent -> new Account());
            account.sealedRows = hours.rows();
            account.sealedCost = hours.cost();
        });
        books.debits.forEach((tenant, debits) -> {
            if (books.capped.contains(tenant)) {
                accounts.computeIfAbsent(tenant, absent -> new Account()).debits = debits.settled();
            }
        });
    }

    private Found found() {
        long unsealed = 0;
        long misdebited = 0;
        for (Map.Entry<String, Account> one : accounts.entrySet()) {
            Account account = one.getValue();
            if (account.sealedRows != account.kafkaRows || account.sealedCost != account.kafkaCost) {
                unsealed++;
                example("tenant " + one.getKey() + ": sealed " + account.sealedRows + " attempts at $"
                        + Money.text(account.sealedCost) + ", the ledger has " + account.kafkaRows + " at $"
                        + Money.text(account.kafkaCost));
            }
            if (books.capped.contains(one.getKey()) && account.debits != account.kafkaCost) {
                misdebited++;
                example("tenant " + one.getKey() + ": its budget was debited $" + Money.text(account.debits)
                        + ", the ledger has $" + Money.text(account.kafkaCost));
            }
        }
        return new Found(
                accounts,
                accounts.values().stream().mapToLong(Account::unexplained).sum(),
                accounts.values().stream().mapToLong(Account::doubled).sum(),
                accounts.values().stream().mapToLong(Account::openHolds).sum(),
                accounts.values().stream().mapToLong(Account::recovered).sum(),
                differing,
                unsealed,
                misdebited,
                List.copyOf(examples));
    }

    private void unexplained(Account account, String why) {
        account.unexplained++;
        example(why);
    }

    private void example(String text) {
        if (examples.size() < EXAMPLES) {
            examples.add(text);
        }
    }

    /// The attempts of one request and its rows.
    private final class Matching {

        private final Account account;
        private final String request;
        private final @Nullable Entry entry;

        Matching(Account account, String request, @Nullable Entry entry) {
            this.account = account;
            this.request = request;
            this.entry = entry;
        }

        void match(List<Served> served, List<Row> rows) {
            List<Served> left = new ArrayList<>(served);
            List<Row> nameless = new ArrayList<>();
            for (Row row : rows) {
                if (row.providerId() == null) {
                    nameless.add(row);
                } else {
                    byName(row, left);
                }
            }
            // What failed has no name: the provider's refusals, and calls that were left before their answer's head.
            for (Served one : left) {
                Row row = takeFor(one, nameless);
                if (row == null && !isNamed(one)) {
                    unexplained(
                            account,
                            "the provider's attempt " + one.id() + " of request " + request + ", status "
                                    + one.status() + (one.broken() ? ", broken off" : "") + ", " + one.tokensIn()
                                    + " + "
                                    + one.tokensOut() + " tokens, has no row; " + state());
                }
            }
            for (Row row : nameless) {
                // It died between its hold and its call, or nobody took the connection.
                boolean neverSent = row.isRecovered() || (row.status() == 0 && row.cost() == 0);
                if (!neverSent) {
                    unexplained(account, "the provider knows no attempt for this row: " + row);
                }
            }
        }

        private String state() {
            if (entry == null) {
                return "the ledger does not know the request";
            }
            return entry.isReleased() ? "the request was released" : entry.isSettled() ? "it is settled" : "it is open";
        }

        private void byName(Row row, List<Served> left) {
            Served found = left.stream()
                    .filter(one -> one.id().equals(row.providerId()))
                    .findFirst()
                    .orElse(null);
            if (found == null) {
                unexplained(account, "the provider knows no attempt " + row.providerId() + ": " + row);
                return;
            }
            left.remove(found);
            boolean complete = row.reported() && !found.broken();
            if (complete && (row.tokensIn() != found.tokensIn() || row.tokensOut() != found.tokensOut())) {
                differing++;
                example("the provider counted " + found + " for " + row);
            }
        }

        private static @Nullable Row takeFor(Served one, List<Row> nameless) {
            Row found = nameless.stream()
                    .filter(row -> !row.isRecovered())
                    .filter(row -> one.isAnswered()
                            ? row.status() == 0 || row.status() == 200
                            : row.status() == one.status() || row.status() == 0)
                    // One without a status may be of a call that nobody took.
                    .min(Comparator.comparing((Row row) -> row.status() != one.status())
                            .thenComparing(row -> !row.model().equals(one.model())))
                    .orElse(null);
            if (found != null) {
                nameless.remove(found);
            }
            return found;
        }

        // A call that its process did not live to settle was recovered as a whole; where nothing was consumed, the
        // release says so.
        private boolean isNamed(Served one) {
            return entry != null && (entry.isRecovered() || (entry.isReleased() && !one.isAnswered()));
        }
    }
}
