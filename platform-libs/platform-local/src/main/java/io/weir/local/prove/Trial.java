package io.weir.local.prove;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import io.weir.local.prove.books.CapWalk;
import io.weir.local.prove.books.DebitBook;
import io.weir.local.prove.books.DebitBook.Debits;
import io.weir.local.prove.books.LedgerBook;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.books.Money;
import io.weir.local.prove.books.ProviderBook;
import io.weir.local.prove.books.Reconciliation;
import io.weir.local.prove.books.Reconciliation.Books;
import io.weir.local.prove.books.Reconciliation.Found;
import io.weir.local.prove.books.SealedBook;
import io.weir.local.prove.books.Warehouse;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Seen.Result;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A rig on which calls are made, its tenants, and its books when all is quiet.
final class Trial implements AutoCloseable {

    private static final Duration KEY_KNOWN = Duration.ofSeconds(60);
    private static final Duration QUIET_WITHIN = Duration.ofMinutes(6);
    private static final Duration UNCHANGED = Duration.ofSeconds(100);
    private static final int SEAL_TRIES = 20;

    private final Rig rig;
    private final PlatformApi api;
    private final Heartbeat heartbeat;
    private @Nullable LedgerBook ledger;

    private Trial(Rig rig, Heartbeat heartbeat) {
        this.rig = rig;
        this.heartbeat = heartbeat;
        this.api = new PlatformApi(rig.gateway());
    }

    static Trial begin(Undertaking undertaking, Rig.Size size) throws IOException {
        return begin(undertaking, Rig.Setup.ofTrials(size));
    }

    static Trial begin(Undertaking undertaking, Rig.Setup setup) throws IOException {
        Heartbeat heartbeat = new Heartbeat(undertaking);
        Rig rig = Rig.start(undertaking.layout().home(), undertaking.directory(), setup, heartbeat::now);
        return new Trial(rig, heartbeat);
    }

    Rig rig() {
        return rig;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /// Makes a tenant and waits until its key works.
    ///
    /// @param cap of a month, in US dollars; null: none
    Customer provision(String slug, @Nullable String cap, int share) throws IOException, InterruptedException {
        return provision(slug, cap, share, "enterprise");
    }

    /// As the other, on that plan.
    Customer provision(String slug, @Nullable String cap, int share, String plan)
            throws IOException, InterruptedException {
        Map<String, Object> wish =
                new HashMap<>(Map.of("slug", slug, "adminEmail", "admin@" + slug + ".example", "planTier", plan));
        if (cap != null) {
            wish.put("maxMonthlySpend", new BigDecimal(cap));
        }
        Answer made = api.post("/api/tenants/provision", rig.adminKey(), wish);
        for (int i = 0; i < 100 && (made.status() == 401 || made.status() >= 500); i++) {
            heartbeat.say("making tenant " + slug);
            pause(200);
            made = api.post("/api/tenants/provision", rig.adminKey(), wish);
        }
        heartbeat.say("made tenant " + slug);
        String key = made.body().path("apiKey").asString("");
        if (key.isEmpty()) {
            throw new IOException("a tenant was not provisioned: " + made.status() + " " + made.body());
        }
        awaitKey(key, slug, cap != null);
        return new Customer(slug, made.body().path("tenantId").asString(), key, cap, share);
    }

    /// Sets what the platform's operator sets for a tenant.
    void configure(Customer customer, Map<String, Object> settings) throws IOException, InterruptedException {
        String path = "/api/tenants/" + customer.tenantId() + "/config";
        Answer answer = api.patch(path, rig.adminKey(), "*", settings);
        if (!answer.succeeded()) {
            throw new IOException("settings of " + customer.slug() + ": " + answer.status() + " " + answer.body());
        }
    }

    /// Waits until all gateways know a limit of requests per second.
    ///
    /// @param burst that it has
    void awaitLimit(Customer customer, int burst) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + KEY_KNOWN.toNanos();
        for (String gateway : rig.addresses("gateway")) {
            try (PlatformApi one = new PlatformApi(gateway)) {
                Answer answer = one.post("/v1/chat/completions", customer.key(), Map.of());
                while (!answer.header("x-ratelimit-limit-requests").equals(Integer.toString(burst))) {
                    if (System.nanoTime() - deadline > 0) {
                        throw new IOException(gateway + " does not know the limit of " + customer.slug() + ": "
                                + answer.status() + " " + answer.headers().map());
                    }
                    pause(200);
                    answer = one.post("/v1/chat/completions", customer.key(), Map.of());
                }
            }
        }
    }

    // Until the gateway knows it, and an orchestration process the budget. Costs nothing: a cap is whole afterwards.
    private void awaitKey(String key, String slug, boolean capped) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + KEY_KNOWN.toNanos();
        Answer answer = api.get("/api/orchestration/budgets", key);
        while (answer.status() != 200
                || (capped && answer.body().path("budgets").isEmpty())) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "the key of " + slug + " does not work: " + answer.status() + " " + answer.body());
            }
            heartbeat.say("waiting for the key of " + slug);
            pause(100);
            answer = api.get("/api/orchestration/budgets", key);
        }
    }

    /// Waits until nothing is under way any more: no attempt, no hold, no row and no debit. Where something stays, the
    /// books will tell.
    LedgerContents quiet(List<Customer> customers) throws IOException, InterruptedException, SQLException {
        rig.awaitReady(heartbeat::now);
        Map<String, CapWalk> caps = new HashMap<>();
        for (Customer customer : customers) {
            String cap = customer.cap();
            if (cap != null) {
                caps.put(customer.tenantId(), new CapWalk(Money.of(cap)));
            }
        }
        closeLedger();
        LedgerBook book = LedgerBook.open(rig.kafka(), caps, rig.logs().resolve("ledger.tsv"));
        ledger = book;
        long began = System.nanoTime();
        long changed = began;
        String state = "";
        try (ProviderBook provider = new ProviderBook(rig.simulator());
                Warehouse warehouse = warehouse()) {
            while (System.nanoTime() - began < QUIET_WITHIN.toNanos()
                    && System.nanoTime() - changed < UNCHANGED.toNanos()) {
                book.catchUp(() ->
                        heartbeat.say("reading the ledger: " + book.contents().events() + " events"));
                String now = state(book.contents(), provider, warehouse);
                if (now.isEmpty()) {
                    break;
                }
                changed = now.equals(state) ? changed : System.nanoTime();
                state = now;
                heartbeat.say("waiting for quiet: " + now);
                pause(300);
            }
        }
        return book.contents();
    }

    // What is still to be waited for; empty: nothing.
    private String state(LedgerContents contents, ProviderBook provider, Warehouse warehouse)
            throws IOException, InterruptedException, SQLException {
        StringBuilder waits = new StringBuilder();
        say(waits, "attempts under way", provider.inFlight());
        say(waits, "open holds", contents.openHolds());
        say(waits, "rows to come", Math.max(0, contents.attempts() - warehouse.attempts()));
        say(waits, "budgets with leases", tornBudgets(contents));
        return waits.toString();
    }

    /// How many budgets were debited something else than the ledger says, or still lease.
    long tornBudgets(LedgerContents contents) throws SQLException {
        long torn = 0;
        Map<String, Debits> all = debits().all();
        for (Map.Entry<String, CapWalk> cap : contents.caps().entrySet()) {
            Debits now = all.getOrDefault(cap.getKey(), new Debits(0, 0));
            torn += now.settled() != cap.getValue().settled() || now.leased() != 0 ? 1 : 0;
        }
        return torn;
    }

    private static void say(StringBuilder text, String what, long count) {
        if (count != 0) {
            text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(what);
        }
    }

    /// Seals every hour with calls, as far as it has come.
    private void seal(LedgerContents contents) throws IOException, InterruptedException {
        for (String hour : contents.hours()) {
            Map<String, Object> wish = Map.of(
                    "tenantId", hour.substring(0, hour.indexOf('/')), "hour", hour.substring(hour.indexOf('/') + 1));
            Answer answer = api.post("/api/analytics/seal", rig.adminKey(), wish);
            for (int i = 0; i < SEAL_TRIES && !answer.succeeded(); i++) {
                heartbeat.say("sealing " + hour + ": " + answer.status());
                pause(500);
                answer = api.post("/api/analytics/seal", rig.adminKey(), wish);
            }
            heartbeat.say("sealed " + hour);
        }
    }

    /// Reads all books and compares them.
    Found compare(LedgerContents contents, Collection<Seen> seen)
            throws IOException, InterruptedException, SQLException {
        seal(contents);
        Set<String> delivered = new HashSet<>();
        for (Seen one : seen) {
            String requestId = one.requestId();
            if (one.result() == Result.ANSWERED && requestId != null) {
                delivered.add(requestId);
            }
        }
        heartbeat.now("comparing the books");
        try (ProviderBook provider = new ProviderBook(rig.simulator());
                Warehouse warehouse = warehouse()) {
            return Reconciliation.of(new Books(
                    provider.all(),
                    contents,
                    warehouse.rows(),
                    warehouse.settlements(),
                    SealedBook.read(rig.kafka()),
                    debits().all(),
                    contents.caps().keySet(),
                    delivered));
        }
    }

    Warehouse warehouse() {
        return new Warehouse(rig.clickHouse(), rig.password("clickhouse"));
    }

    private DebitBook debits() {
        return new DebitBook(rig.postgres("orchestration"), rig.password("postgres"));
    }

    static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void closeLedger() {
        LedgerBook open = ledger;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closeLedger();
        api.close();
        rig.close();
    }
}
