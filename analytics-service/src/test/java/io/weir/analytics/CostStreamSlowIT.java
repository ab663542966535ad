package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.SlowSocket.Taken;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A reader that does not keep up.
@Tag("infra")
class CostStreamSlowIT {

    private static final int BURST = 4_000;

    @Test
    @Timeout(120)
    void itGetsCoalescedDeltasWithExactSumsAndIsClosedWith4008WhenItStaysStuck(@TempDir Path directory)
            throws Exception {
        try (RunningAnalytics analytics = new RunningAnalytics(directory)) {
            analytics.stop();
            analytics
                    .with("weir.analytics.stream.buffer", 16)
                    .with("weir.analytics.stream.send-buffer", "32KB")
                    .with("weir.analytics.stream.slow-after", "4s")
                    .with("weir.analytics.stream.ping", "500ms")
                    .start();
            TenantId tenant = RunningAnalytics.tenant();
            try (LedgerEvents ledger = new LedgerEvents(analytics.kafka(), 3).createTopic(analytics.kafka());
                    SlowSocket slow = new SlowSocket(analytics.port(), analytics.passport(tenant, Scope.ANALYTICS))) {
                CostChecks checks = new CostChecks(analytics, ledger);
                Sum sum = new Sum();
                checks.write(tenant, RunningAnalytics.tenant(), BURST);
                CostSocket beside = CostSocket.open(analytics, analytics.port(), tenant);
                beside.until(BURST);
                while (sum.seq < BURST && sum.fault.isEmpty()) {
                    sum.take(slow.take());
                }
                assertThat(sum.coalesced).isPositive();
                assertThat(sum.requests).isEqualTo(beside.requests());
                assertThat(sum.cost).isEqualByComparingTo(beside.cost());

                // From here on it takes nothing for longer than it may.
                CompletableFuture<Void> more =
                        CompletableFuture.runAsync(() -> checks.write(tenant, RunningAnalytics.tenant(), BURST));
                more.get(60, TimeUnit.SECONDS);
                beside.until(2 * BURST);
                LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
                Taken last = slow.take();
                while (last.closeCode() == 0) {
                    sum.take(last);
                    last = slow.take();
                }
                assertThat(last.closeCode()).isEqualTo(4008);
                assertThat(sum.fault).isEmpty();
                assertThat(beside.fault()).isEmpty();
                System.err.println("a slow reader: " + sum.coalesced + " coalesced frames, closed at " + sum.seq
                        + " of " + 2 * BURST);
                assertThat(sum.seq).isLessThan(2 * BURST);
                checks.assertAgree(tenant, 2 * BURST, List.of(beside));
                beside.close();
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
