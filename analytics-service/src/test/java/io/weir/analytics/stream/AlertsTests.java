package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.analytics.stream.Frame.Budget;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AlertsTests {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final TenantId tenant = new TenantId(UUID.randomUUID());
    private final Alerts alerts = new Alerts(Duration.ofHours(1));
    private final StreamMeters meters = new StreamMeters(new SimpleMeterRegistry(), Clock.systemUTC());

    private static BudgetAlert alert(TenantId tenant, String id) {
        return new BudgetAlert(
                id, tenant, "tenant:" + tenant, "tenant", "", NOW, "threshold_50", Amount.ZERO, Amount.ZERO, NOW);
    }

    private Outbox joined(TenantId of) {
        Outbox outbox = new Outbox(1_000, meters, System.nanoTime());
        outbox.begin(List.of(), 0);
        alerts.join(new Audience(of, "key:k", "k", true), outbox, NOW);
        return outbox;
    }

    private List<String> toldOnJoining(TenantId of) {
        List<String> told = new ArrayList<>();
        joined(of).frames().subscribe(frame -> told.add(((Budget) frame).alert().id()));
        return told;
    }

    @Test
    void aReaderThatLeavesAtAnAlertKeepsItFromNobody() {
        List<String> told = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            joined(tenant)
                    .frames()
                    .take(1)
                    .subscribe(frame -> told.add(((Budget) frame).alert().id()));
        }
        alerts.raise(alert(tenant, "first"), NOW);
        alerts.raise(alert(tenant, "second"), NOW);
        assertThat(told).hasSize(8).containsOnly("first");
    }

    @Test
    void aTenantThatRaisesManyPushesOutOnlyItsOwnOldest() {
        TenantId quiet = new TenantId(UUID.randomUUID());
        alerts.raise(alert(quiet, "quiet"), NOW);
        for (int n = 0; n < 20_000; n++) {
            alerts.raise(alert(tenant, "loud-" + n), NOW);
        }
        assertThat(toldOnJoining(quiet)).containsExactly("quiet");
        assertThat(toldOnJoining(tenant))
                .hasSize(1_000)
                .startsWith("loud-19000")
                .endsWith("loud-19999");
    }
}
