package io.weir.orchestration.budget.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Answer;
import io.weir.orchestration.budget.lease.BudgetStore.Order;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/// Any interleaving of calls, orders, lost orders, lost answers, deaths and recoveries of several processes, against
/// sums of its own.
class LeasesPropertyTests {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final TenantContext OWNER = new TenantContext(TENANT, "growth", Placement.POOL, "local");
    private static final WindowId WINDOW = new WindowId(TENANT, "b", Instant.EPOCH);

    @Property(tries = 400)
    void theCapHoldsAndNothingIsRefusedThatFits(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5) int processes,
            @ForAll @IntRange(min = 0, max = 6) int deaths,
            @ForAll @IntRange(min = 1, max = 400) int callsInCap) {
        World world = new World(new Random(seed), processes, deaths, callsInCap);
        for (int step = 0; step < 600; step++) {
            world.step();
            world.check();
        }
        world.end();
    }

    /// A call's hold as the ledger has it.
    private static final class Booked {
        final UUID lease;
        final UUID holder;
        final Amount ceiling;
        final @Nullable LeasedHold hold;

        @Nullable
        Amount settled;
        // Told to the process's account, and seen by the store where that matters.
        boolean told;
        boolean seen;

        Booked(LeasedHold hold, UUID holder) {
            this.hold = hold;
            this.lease = hold.leaseId();
            this.holder = holder;
            this.ceiling = hold.ceiling;
        }
    }

    private static final class Instance {
        UUID holder = UUID.randomUUID();
        WindowAccount account;

        @Nullable
        Order sent;

        @Nullable
        Answer answer;
        // By lease: granted to calls that do not know it yet, or never will, until the next order gives it back.
        final Map<UUID, Amount> pending = new HashMap<>();
        // When the store decided.
        Amount usedThen = Amount.ZERO;
        Amount limitThen = Amount.ZERO;

        Instance(Terms terms, long now) {
            account = open(terms, now);
        }

        private WindowAccount open(Terms terms, long now) {
            UUID mine = holder;
            return new WindowAccount(WINDOW, OWNER, terms, () -> mine, () -> Instant.EPOCH, now);
        }

        void restart(Terms terms, long now) {
            holder = UUID.randomUUID();
            account = open(terms, now);
            sent = null;
            answer = null;
            pending.clear();
        }
    }

    private static final class World {
        private final Random random;
        private final Set<UUID> dead = new HashSet<>();
        private final ModelStore store;
        private final List<Instance> processes = new ArrayList<>();
        private final List<Booked> ledger = new ArrayList<>();
        private final BigDecimal unit;
        private Terms terms;
        private int deaths;
        private long now = 1;

        World(Random random, int count, int deaths, int callsInCap) {
            this.random = random;
            this.deaths = deaths;
            terms = new Terms(Amount.of("1"), 1, Instant.EPOCH, null);
            store = new ModelStore(terms.limit(), dead);
            unit = BigDecimal.ONE.divide(BigDecimal.valueOf(callsInCap), 6, java.math.RoundingMode.DOWN);
            for (int i = 0; i < count; i++) {
                processes.add(new Instance(terms, now));
            }
        }

        private Amount some() {
            return new Amount(unit.multiply(BigDecimal.valueOf(1 + random.nextInt(8)))
                    .divide(BigDecimal.valueOf(4), 8, java.math.RoundingMode.DOWN));
        }

        private Instance any() {
            return processes.get(random.nextInt(processes.size()));
        }

        void step() {
            Instance process = any();
            now += Duration.ofMillis(random.nextInt(20)).toNanos();
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> call(process);
                case 3, 4 -> arrive(process);
                case 5, 6 -> answer(process);
                case 7, 8 -> settleSome();
                case 9 -> housekeeping(process);
                case 10 -> rarely(process);
                default -> recoverAll();
            }
            pump(process);
        }

        private void call(Instance process) {
            Amount ceiling = some();
            LeasedHold hold = process.account.take(ceiling, terms, now);
            if (hold != null) {
                ledger.add(new Booked(hold, process.holder));
                return;
            }
            long deadline = now + Leases.RECALL_LIMIT.toNanos();
            UUID holder = process.holder;
            process.account.await(
                    new Waiter(ceiling, null, outcome -> decided(process, holder, ceiling, outcome), deadline));
        }

        private void decided(Instance process, UUID holder, Amount ceiling, Outcome outcome) {
            if (outcome instanceof Outcome.Held held) {
                ledger.add(new Booked(held.hold(), holder));
            } else if (outcome instanceof Outcome.OverLimit) {
                assertThat(process.usedThen.plus(ceiling))
                        .as("refused %s", ceiling)
                        .isGreaterThan(process.limitThen);
            }
        }

        private Amount spent() {
            return ledger.stream()
                    .filter(one -> one.settled != null && one.seen)
                    .map(one -> one.settled)
                    .reduce(Amount.ZERO, Amount::plus);
        }

        // A hold counts until those who rely on the store can see that it is resolved; for its own process, until it
        // was told.
        private Amount heldAsSeen(Instance process) {
            return ledger.stream()
                    .filter(one -> !one.seen)
                    .map(one -> {
                        Amount settled = one.settled;
                        boolean known = one.told && one.holder.equals(process.holder);
                        return known && settled != null ? settled : one.ceiling;
                    })
                    .reduce(Amount.ZERO, Amount::plus);
        }

        private void pump(Instance process) {
            if (process.sent == null) {
                process.sent = process.account.next(now);
                process.answer = null;
            }
        }

        private void arrive(Instance process) {
            if (process.sent != null && process.answer == null) {
                Answer answer = store.sync(process.sent);
                process.answer = answer;
                process.pending.put(process.sent.lease(), granted(process.sent, answer));
                process.usedThen = processes.stream()
                        .flatMap(one -> one.pending.values().stream())
                        .reduce(spent().plus(heldAsSeen(process)), Amount::plus);
                process.limitThen = store.limit;
            }
        }

        private static Amount granted(Order order, Answer answer) {
            Amount granted = Amount.ZERO;
            for (int i = 0; i < answer.fits().size(); i++) {
                granted = answer.fits().get(i) == BudgetStore.Fit.GRANTED
                        ? granted.plus(order.needs().get(i))
                        : granted;
            }
            return granted;
        }

        private void answer(Instance process) {
            Answer answer = process.answer;
            Order order = process.sent;
            if (order == null) {
                return;
            }
            process.sent = null;
            process.answer = null;
            if (answer == null || random.nextInt(10) == 0) {
                process.account.failed(new IllegalStateException("lost"), now).forEach(Runnable::run);
                return;
            }
            process.pending.remove(order.lease());
            process.account.answered(answer, now).forEach(Runnable::run);
        }

        private void settleSome() {
            List<Booked> open = ledger.stream().filter(one -> !one.told).toList();
            if (open.isEmpty()) {
                return;
            }
            Booked one = open.get(random.nextInt(open.size()));
            if (one.settled == null) {
                one.settled = random.nextInt(4) == 0
                        ? Amount.ZERO
                        : new Amount(one.ceiling
                                .value()
                                .multiply(BigDecimal.valueOf(random.nextInt(11)))
                                .movePointLeft(1));
                if (random.nextBoolean()) {
                    return;
                }
            }
            tell(one);
        }

        private void tell(Booked one) {
            one.told = true;
            LeasedHold hold = one.hold;
            Amount settled = one.settled;
            if (hold == null || settled == null || dead.contains(one.holder)) {
                return;
            }
            if (hold.account.resolve(hold, settled, () -> one.seen = true)) {
                one.seen = true;
            }
        }

        private void housekeeping(Instance process) {
            now += Duration.ofMillis(random.nextInt(1_000)).toNanos();
            process.account.tidy(now).forEach(Runnable::run);
            store.rows.forEach((id, row) -> {
                if (row.recalled && row.holder.equals(process.holder)) {
                    process.account.recall(id);
                }
            });
        }

        private void rarely(Instance process) {
            if (deaths > 0 && random.nextInt(3) == 0) {
                deaths--;
                dead.add(process.holder);
                process.restart(terms, now);
            } else if (random.nextInt(20) == 0) {
                Amount other = Amount.of(random.nextBoolean() ? "0.7" : "1.3");
                terms = new Terms(other, terms.version() + 1, Instant.EPOCH, null);
            }
        }

        // As from the whole of the ledger; orders of the dead may still arrive afterwards, and then change nothing.
        private void recoverAll() {
            for (UUID lease : List.copyOf(store.rows.keySet())) {
                ModelStore.Row row = store.rows.get(lease);
                if (row != null && dead.contains(row.holder)) {
                    List<Booked> own = ledger.stream()
                            .filter(one -> one.lease.equals(lease))
                            .toList();
                    store.recover(lease, sum(own, true), sum(own, false));
                    own.stream().filter(one -> one.settled != null).forEach(one -> one.seen = true);
                }
            }
            ledger.stream()
                    .filter(one -> one.settled != null && dead.contains(one.holder))
                    .filter(one -> !store.rows.containsKey(one.lease))
                    .forEach(one -> one.seen = true);
        }

        private static Amount sum(List<Booked> holds, boolean settled) {
            return holds.stream()
                    .map(one -> one.settled == null
                            ? (settled ? Amount.ZERO : one.ceiling)
                            : settled ? one.settled : Amount.ZERO)
                    .reduce(Amount.ZERO, Amount::plus);
        }

        // A limit that was lowered may be below what was spent under a higher one.
        void check() {
            Amount all = ledger.stream()
                    .map(one -> one.settled == null ? one.ceiling : one.settled)
                    .reduce(Amount.ZERO, Amount::plus);
            Amount most = terms.version() == 1 ? Amount.of("1") : Amount.of("1.3");
            assertThat(all).isLessThanOrEqualTo(most);
            assertThat(store.settled.plus(store.leased)).isLessThanOrEqualTo(most);
            assertThat(store.rows.values().stream().map(row -> row.amount).reduce(Amount.ZERO, Amount::plus))
                    .isEqualTo(store.leased);
        }

        void end() {
            processes.forEach(process -> {
                for (int i = 0; i < 200; i++) {
                    settle();
                    now += Duration.ofMillis(300).toNanos();
                    process.account.tidy(now).forEach(Runnable::run);
                    pump(process);
                    arrive(process);
                    if (process.sent != null && process.answer != null) {
                        Answer answer = process.answer;
                        process.sent = null;
                        process.answer = null;
                        process.account.answered(answer, now).forEach(Runnable::run);
                    }
                    recoverAll();
                }
            });
            check();
            Amount sum = ledger.stream().map(one -> one.settled).reduce(Amount.ZERO, Amount::plus);
            assertThat(store.settled).isEqualTo(sum);
            assertThat(store.leased).isEqualTo(Amount.ZERO);
            assertThat(store.rows).isEmpty();
        }

        private void settle() {
            for (Booked one : ledger) {
                if (one.settled == null) {
                    one.settled = one.ceiling;
                }
                if (!one.told) {
                    tell(one);
                }
            }
        }
    }
}
