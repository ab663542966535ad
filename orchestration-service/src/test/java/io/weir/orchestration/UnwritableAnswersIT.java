package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.inference.FaultySurfaceRoutes;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A client's form that an answer cannot be put into.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnwritableAnswersIT {

    // More than a circuit lets pass.
    private static final int MANY = 25;

    private final Mesh mesh = Mesh.start("test.faulty-surface=true", "weir.upstream.open-for=10m");

    @AfterAll
    void stop() {
        mesh.close();
    }

    @Test
    void whatCannotBeWrittenForOneClientDoesNotCountAgainstTheProvider() {
        TenantSnapshot tenant = mesh.tenant();
        for (int i = 0; i < MANY; i++) {
            HttpResponse<String> failed = mesh.client(tenant).post(FaultySurfaceRoutes.PATH, Client.streaming(""));
            assertThat(failed.statusCode()).as(failed.body()).isEqualTo(500);
            assertThat(failed.body()).doesNotContain("no words for it");
        }
        Answer other = mesh.client(mesh.tenant()).chat(Client.hello(Mesh.MODEL));
        assertThat(other.status()).as(other.toString()).isEqualTo(200);
        assertThat(other.header("x-fallback-count")).isEqualTo("0");
    }

    @Test
    void itIsSettledOnce() {
        TenantSnapshot tenant = mesh.tenant();
        mesh.client(tenant).post(FaultySurfaceRoutes.PATH, Client.streaming(""));
        assertThat(mesh.ledger().settled(tenant.tenantId()).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aWholeAnswerThatCannotBeWrittenIsAnExplainedError() {
        HttpResponse<String> failed =
                mesh.client(mesh.tenant()).post(FaultySurfaceRoutes.PATH, Client.hello(Mesh.MODEL));
        assertThat(failed.statusCode()).as(failed.body()).isEqualTo(502);
        assertThat(failed.body()).contains("cannot be put into this API's form");
    }

    @Test
    void aLargeBodyIsNotReadOnAnEventLoop() {
        String large = Client.hello(Mesh.MODEL).replace("Hello", "water ".repeat(60_000));
        mesh.client(mesh.tenant()).post(FaultySurfaceRoutes.PATH, large);
        assertThat(FaultySurfaceRoutes.READER.get()).startsWith("large-bodies");
    }
}
