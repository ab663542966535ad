package io.weir.r2dbc.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FairSharesTests {

    private static final TenantId ACME = new TenantId(UUID.randomUUID());
    private static final TenantId GLOBEX = new TenantId(UUID.randomUUID());
    private static final TenantId INITECH = new TenantId(UUID.randomUUID());
    private static final PlanLimits LARGE = PlanLimits.delivered("enterprise");

    private final AtomicLong clock = new AtomicLong();
    private final FairShares shares = new FairShares(GovernanceProperties.defaults(), 10, clock::get);

    @Test
    void aTenantHoldsAtMostItsPlansShare() {
        assertThat(admitted(ask(ACME, PlanLimits.delivered("free"), 9))).isEqualTo(2);
    }

    @Test
    void aloneItMayHaveAllButTheReserve() {
        assertThat(admitted(ask(ACME, LARGE, 20))).isEqualTo(8);
    }

    @Test
    void whileAnotherIsThereItHasHalf() {
        Ticket other = one(GLOBEX);
        shares.end(other);
        assertThat(admitted(ask(ACME, LARGE, 20))).isEqualTo(5);
    }

    @Test
    void whenTheOtherHasBeenGoneForAWhileItMayHaveTheRest() {
        shares.end(one(GLOBEX));
        List<Ticket> all = ask(ACME, LARGE, 20);
        assertThat(admitted(all)).isEqualTo(5);
        clock.addAndGet(Duration.ofSeconds(6).toNanos());
        shares.end(all.getFirst());
        assertThat(admitted(all)).isEqualTo(8);
    }

    @Test
    void theReserveIsForThoseWhoHoldNothing() {
        List<Ticket> greedy = ask(ACME, LARGE, 20);
        assertThat(admitted(greedy)).isEqualTo(8);
        assertThat(one(GLOBEX).state).isEqualTo(Ticket.State.ADMITTED);
        assertThat(one(INITECH).state).isEqualTo(Ticket.State.ADMITTED);
        assertThat(one(GLOBEX).state).isEqualTo(Ticket.State.WAITING);
    }

    @Test
    void aThousandWaitersOfOneStandBehindTheFirstOfAnother() {
        List<Ticket> greedy = ask(ACME, LARGE, 60);
        List<Ticket> others = ask(GLOBEX, LARGE, 3);
        assertThat(admitted(others)).isEqualTo(1);
        shares.end(greedy.getFirst());
        shares.end(greedy.get(1));
        // Two were given back: both go to the other, none to the sixty.
        assertThat(admitted(others)).isGreaterThanOrEqualTo(2);
        assertThat(admitted(greedy)).isEqualTo(6);
    }

    @Test
    void theQueueOfOneTenantIsBounded() {
        ask(ACME, LARGE, 8 + 256);
        assertThat(shares.ask(ACME, LARGE)).isNull();
        assertThat(one(GLOBEX).state).isEqualTo(Ticket.State.ADMITTED);
    }

    @Test
    void whenAllQueuesAreFullWhoeverHasMostGivesOneUp() {
        GovernanceProperties few =
                new GovernanceProperties(8, 8, Duration.ofSeconds(5), 20, 50, Duration.ofSeconds(10), 0);
        FairShares full = new FairShares(few, 2, clock::get);
        List<Ticket> greedy = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            greedy.add(Objects.requireNonNull(full.ask(ACME, LARGE)));
        }
        Objects.requireNonNull(full.ask(GLOBEX, LARGE));
        Ticket third = Objects.requireNonNull(full.ask(INITECH, LARGE));
        assertThat(third.state).isEqualTo(Ticket.State.WAITING);
        assertThat(greedy.getLast().state).isEqualTo(Ticket.State.ENDED);
        assertThat(full.figures().waiting()).isEqualTo(8);
    }

    @Test
    void whatIsGivenBackTwiceCountsOnce() {
        Ticket ticket = one(ACME);
        shares.end(ticket);
        shares.end(ticket);
        assertThat(shares.figures().inUse()).isZero();
    }

    @Test
    void whoGivesUpWaitingLeavesNoTrace() {
        List<Ticket> all = ask(ACME, LARGE, 30);
        all.forEach(shares::end);
        assertThat(shares.figures()).isEqualTo(new FairShares.Figures(10, 0, 0, 1));
    }

    @Test
    void idleTenantsAreForgotten() {
        for (int i = 0; i < 10_000; i++) {
            shares.end(one(new TenantId(new UUID(7, i))));
        }
        clock.addAndGet(Duration.ofMinutes(6).toNanos());
        shares.end(one(ACME));
        assertThat(shares.figures().tenants()).isEqualTo(1);
    }

    @Test
    void theSlowStatementsOfOneTenantShrinkNothing() {
        for (int second = 0; second < 20; second++) {
            run(ACME, second < 2 ? 1 : 1_000);
            run(GLOBEX, 1);
            run(INITECH, 1);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(shares.figures().limit()).isEqualTo(10);
    }

    @Test
    void whenMostTenantsSlowDownFewerConnectionsAreUsedAndThenMoreAgain() {
        for (int second = 0; second < 12; second++) {
            int millis = second < 2 ? 1 : 50;
            run(ACME, millis);
            run(GLOBEX, millis);
            run(INITECH, millis);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        int shrunk = shares.figures().limit();
        assertThat(shrunk).isBetween(2, 6);
        for (int second = 0; second < 20; second++) {
            run(ACME, 1);
            run(GLOBEX, 1);
            run(INITECH, 1);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(shares.figures().limit()).isEqualTo(10);
    }

    @Test
    void whenTheServerHasNoConnectionsFewerAreAskedFor() {
        shares.dropped();
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        run(ACME, 1);
        assertThat(shares.figures().limit()).isEqualTo(7);
    }

    private void run(TenantId tenant, long millis) {
        Ticket ticket = one(tenant);
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
        shares.end(ticket);
    }

    private Ticket one(TenantId tenant) {
        return Objects.requireNonNull(shares.ask(tenant, LARGE));
    }

    private List<Ticket> ask(TenantId tenant, PlanLimits limits, int count) {
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tickets.add(Objects.requireNonNull(shares.ask(tenant, limits)));
        }
        return tickets;
    }

    private static long admitted(List<Ticket> tickets) {
        return tickets.stream()
                .filter(ticket -> ticket.state == Ticket.State.ADMITTED)
                .count();
    }
}
