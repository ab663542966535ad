package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.SlowSocket.Taken;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A reader that does not keep up.
@Tag("infra")
@SuppressWarnings("NullAway.Init")
class CostStreamSlowIT {

    private static final int BURST = 4_000;
    private static final int STALLED = 32;
    private static final int READING = 16;
    private static final int TIMED = 50;

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;
    static CostChecks checks;

    private final TenantId tenant = RunningAnalytics.tenant();

    @BeforeAll
    static void start() throws Exception {
        analytics = new RunningAnalytics(directory);
        analytics.with("weir.analytics.stream.buffer", 16).with("weir.analytics.stream.send-buffer", "32KB");
        ledger = new LedgerEvents(analytics.kafka(), 3).createTopic(analytics.kafka());
        checks = new CostChecks(analytics, ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
        analytics.close();
    }

    private SlowSocket restartWith(String slowAfter) throws Exception {
        analytics.stop();
        analytics.with("weir.analytics.stream.slow-after", slowAfter).start();
        return new SlowSocket(analytics.port(), analytics.passport(tenant, Scope.ANALYTICS));
    }

    @Test
    void itGetsCoalescedDeltasWithExactSums() throws Exception {
        try (SlowSocket slow = restartWith("10m");
                CostSocket beside = CostSocket.open(analytics, analytics.port(), tenant)) {
            checks.write(tenant, RunningAnalytics.tenant(), BURST);
            beside.until(BURST);
            Sum sum = new Sum();
            while (sum.seq < BURST && sum.fault.isEmpty()) {
                sum.take(slow.take());
            }
            System.err.println("a slow reader: " + sum.coalesced + " coalesced frames of " + BURST);
            assertThat(sum.fault).isEmpty();
            assertThat(sum.coalesced).isPositive();
            checks.assertAgree(tenant, BURST, List.of(beside));
            assertThat(sum.requests).isEqualTo(beside.requests());
            assertThat(sum.cost).isEqualByComparingTo(beside.cost());
        }
    }

    @Test
    void manyThatTakeNothingDelayNeitherTheirOwnTenantsReadersNorOthers() throws Exception {
        TenantId other = RunningAnalytics.tenant();
        List<SlowSocket> stalled = new ArrayList<>();
        List<CostSocket> own = new ArrayList<>();
        List<CostSocket> others = new ArrayList<>();
        try {
            // They are not ended while this lasts: whoever waited for one of them would wait for ever.
            stalled.add(restartWith("10m"));
            for (int i = 1; i < STALLED; i++) {
                stalled.add(new SlowSocket(analytics.port(), analytics.passport(tenant, Scope.ANALYTICS)));
            }
            for (int i = 0; i < READING; i++) {
                own.add(CostSocket.open(analytics, analytics.port(), tenant));
                others.add(CostSocket.open(analytics, analytics.port(), other));
            }
            checks.write(tenant, RunningAnalytics.tenant(), BURST);
            for (CostSocket socket : own) {
                socket.until(BURST);
            }
            List<Long> delays = new ArrayList<>();
            for (int i = 1; i <= TIMED; i++) {
                long sent = System.nanoTime();
                ledger.send(
                        LedgerEvents.settled(tenant, "own-" + i, Instant.now()),
                        LedgerEvents.settled(other, "other-" + i, Instant.now()));
                for (CostSocket socket : own) {
                    socket.until(BURST + i);
                }
                for (CostSocket socket : others) {
                    socket.until(i);
                }
                delays.add((System.nanoTime() - sent) / 1_000_000);
            }
            delays.sort(null);
            System.err.println("beside " + STALLED + " stalled: settlement to the last of " + 2 * READING
                    + " frames: p50 " + delays.get(TIMED / 2) + " ms, most " + delays.getLast() + " ms");
            assertThat(analytics.counted("weir.analytics.stream.closed", "reason", "slow"))
                    .isZero();
            assertThat(own).allSatisfy(socket -> assertThat(socket.fault()).isEmpty());
            assertThat(others).allSatisfy(socket -> assertThat(socket.fault()).isEmpty());
        } finally {
            own.forEach(CostSocket::close);
            others.forEach(CostSocket::close);
            for (SlowSocket one : stalled) {
                one.close();
            }
        }
    }

    @Test
    void itIsClosedWith4008WhenItStaysStuckAndResumesWithoutAGap() throws Exception {
        try (SlowSocket stuck = restartWith("4s")) {
            checks.write(tenant, RunningAnalytics.tenant(), BURST);
            Eventually.passes(
                    CostChecks.LIMIT,
                    () -> assertThat(analytics.counted("weir.analytics.stream.closed", "reason", "slow"))
                            .isEqualTo(1));
            // From here on its connection lives for as long as a goodbye may take.
            Sum sum = new Sum();
            Taken last = stuck.take();
            while (last.closeCode() == 0) {
                sum.take(last);
                last = stuck.take();
            }
            assertThat(last.closeCode()).isEqualTo(4008);
            assertThat(sum.fault).isEmpty();
            assertThat(sum.seq).isLessThan(BURST);
            System.err.println("a stuck reader: closed at " + sum.seq + " of " + BURST);
            try (CostSocket resumed = CostSocket.resumeFrom(analytics, analytics.port(), tenant, sum.seq)) {
                resumed.until(BURST);
                assertThat(resumed.fault()).isEmpty();
            }
        }
    }

    private static final class Sum {

        private long seq;
        private long requests;
        private int coalesced;
        private BigDecimal cost = BigDecimal.ZERO;
        private String fault = "";

        void take(Taken taken) {
            BigDecimal amount = new BigDecimal(taken.frame().path("cost_usd").asString("0"));
            if (CostSocket.is(taken.frame(), "snapshot")) {
                requests = taken.frame().path("requests").asLong();
                cost = amount;
            }
            if (!CostSocket.is(taken.frame(), "delta")) {
                return;
            }
            long from = taken.frame().path("from_seq").asLong();
            if (from != seq + 1) {
                fault += taken.frame() + " after " + seq;
            }
            seq = taken.frame().path("seq").asLong();
            coalesced += seq > from ? 1 : 0;
            requests += taken.frame().path("requests").asLong();
            cost = cost.add(amount);
        }
    }
}
