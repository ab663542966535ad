package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The platform drains, so that a tenant's own setting shows.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostClientIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Mesh mesh = Mesh.start(
            "weir.upstream.client-gone=drain",
            "weir.upstream.max-connections=1",
            "weir.upstream.first-byte-timeout=2s",
            "weir.upstream.connect-timeout=20s");

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private TenantSnapshot cancelling() {
        TenantSettings.Calls calls = new TenantSettings.Calls(ClientGone.CANCEL);
        return mesh.tenant(
                null, new TenantSettings(TenantSettings.DEFAULTS.models(), null, List.of(), null, null, calls));
    }

    private Settled leftBehind(TenantSnapshot tenant) throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 40, \"outputTokens\": 60}");
        try (InputStream body = mesh.client(tenant).open(Client.streaming("")).body()) {
            assertThat(body.readNBytes(400)).hasSize(400);
        }
        return mesh.ledger().settled(tenant.tenantId());
    }

    private long produced() {
        return mesh.provider().ledger().path("text_out").asLong();
    }

    private void awaitAsked(int calls) {
        Eventually.passes(
                PATIENCE,
                () -> assertThat(mesh.provider().ledger().path("in_flight").asInt())
                        .isEqualTo(calls));
    }

    /// Leaves as soon as the provider was asked, or waits to be.
    private Thread caller(TenantSnapshot tenant, String body) {
        return Thread.ofVirtual().start(() -> {
            try {
                mesh.client(tenant).open(body);
            } catch (IllegalStateException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void byPolicyItsStreamIsReadToTheEndAndSettledForAllOfIt() throws Exception {
        long before = produced();
        Settled settled = leftBehind(mesh.tenant());
        assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(settled.attempts().getLast().usageSource()).isEqualTo(UsageSource.PROVIDER);
        assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT)).isEqualTo(60);
        assertThat(produced() - before).isEqualTo(60);
    }

    @Test
    void elseTheProviderIsToldToStopAndWhatItProducedIsSettled() throws Exception {
        long before = produced();
        Settled settled = leftBehind(cancelling());
        assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
        long out = settled.attempts().getLast().buckets().of(Meter.TEXT_OUT);
        assertThat(out).isBetween(1L, 59L);
        Eventually.passes(PATIENCE, () -> assertThat(produced() - before).isEqualTo(out));
    }

    @Test
    void whatIsDrainedIsAlsoReadWhereItHadNotBegun() throws Exception {
        mesh.provider().behave("{\"latencyMs\": 1200, \"outputTokens\": 30}");
        TenantSnapshot tenant = mesh.tenant();
        Thread caller = caller(tenant, Client.streaming(""));
        awaitAsked(1);
        caller.interrupt();
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT)).isEqualTo(30);
    }

    @Test
    void aPlainCallThatNobodyWaitsForAndThatIsNeverAnsweredPaysForWhatWasSent() throws Exception {
        mesh.provider().behave("{\"latencyMs\": 30000}");
        TenantSnapshot tenant = mesh.tenant();
        Thread caller = caller(tenant, Client.hello(Mesh.MODEL));
        awaitAsked(1);
        caller.interrupt();
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
        Attempt sent = settled.attempts().getLast();
        assertThat(sent.buckets().of(Meter.TEXT_IN)).isPositive();
        assertThat(sent.buckets().output()).isZero();
        assertThat(settled.cost()).isEqualTo(sent.cost());
    }

    @Test
    void whereNothingWasSentYetNothingIsPaid() throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 100, \"outputTokens\": 600}");
        TenantSnapshot tenant = cancelling();
        // It has the only connection.
        try (InputStream other =
                mesh.client(cancelling()).open(Client.streaming("")).body()) {
            assertThat(other.readNBytes(200)).hasSize(200);
            Thread caller = caller(tenant, Client.streaming(""));
            mesh.ledger().await(tenant.tenantId(), 1);
            caller.interrupt();
            assertThat(mesh.ledger().await(tenant.tenantId(), 2).getLast())
                    .isInstanceOfSatisfying(
                            Released.class,
                            released -> assertThat(released.reason()).isEqualTo("client_gone"));
        }
        awaitAsked(0);
    }
}
