package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Tick;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownIT {

    @Test
    void aShutdownFinishesOpenStreamsAndTheirSettlementsAndSaysGoodbye() throws Exception {
        try (Mesh mesh = Mesh.start()) {
            mesh.provider().behave("{\"chunkDelayMs\": 50, \"outputTokens\": 40}");
            TenantSnapshot tenant = mesh.tenant();
            Client client = mesh.client(tenant);
            CompletableFuture<List<String>> stream =
                    CompletableFuture.supplyAsync(() -> client.lines(Client.streaming("")));
            mesh.ledger().await(tenant.tenantId(), 1);
            mesh.stopService();
            assertThat(stream.get(1, TimeUnit.SECONDS)).contains("data: [DONE]");
            assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
            assertThat(mesh.ledger().entries())
                    .filteredOn(entry -> entry.usage().data() instanceof Tick tick && tick.last())
                    .hasSize(6);
        }
    }
}
