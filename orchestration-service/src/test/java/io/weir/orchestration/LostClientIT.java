package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LostClientIT {

    private static Settled leftBehind(Mesh mesh, TenantSnapshot tenant) throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 40, \"outputTokens\": 60}");
        try (InputStream body = mesh.client(tenant).open(Client.streaming("")).body()) {
            assertThat(body.readNBytes(400)).hasSize(400);
        }
        return mesh.ledger().settled(tenant.tenantId());
    }

    @Test
    void byPolicyItsStreamIsReadToTheEndAndSettledForAllOfIt() throws Exception {
        try (Mesh mesh = Mesh.start("weir.upstream.client-gone=drain")) {
            Settled settled = leftBehind(mesh, mesh.tenant());
            assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(settled.attempts().getLast().usageSource()).isEqualTo(UsageSource.PROVIDER);
            assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT))
                    .isEqualTo(60);
            assertThat(mesh.provider().ledger().path("text_out").asLong()).isEqualTo(60);
        }
    }

    @Test
    void elseTheProviderIsToldToStopAndWhatItProducedIsSettled() throws Exception {
        try (Mesh mesh = Mesh.start()) {
            Settled settled = leftBehind(mesh, mesh.tenant());
            assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
            long out = settled.attempts().getLast().buckets().of(Meter.TEXT_OUT);
            assertThat(out).isBetween(1L, 59L);
            Eventually.passes(
                    Duration.ofSeconds(5),
                    () -> assertThat(mesh.provider().ledger().path("text_out").asLong())
                            .isEqualTo(out));
        }
    }
}
