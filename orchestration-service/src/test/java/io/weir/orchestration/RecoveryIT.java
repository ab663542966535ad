package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.SpillNotice;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Ledger.Entry;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecoveryIT {

    private static final String[] SHORT_LIVED = {"weir.ledger.hold-ttl=3s", "weir.ledger.sweep-grace=2s"};

    // Grace, the time after which a dead member's partitions go to others, and what a slow machine takes.
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Mesh mesh = Mesh.start(SHORT_LIVED);

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private List<Entry> entries(TenantSnapshot tenant) {
        return mesh.ledger().entries().stream()
                .filter(entry -> tenant.tenantId().equals(entry.usage().tenantid()))
                .toList();
    }

    @Test
    void aCallThatOutlivesItsHoldsFirstTermIsRenewedAndSettledAsUsual() {
        mesh.provider().behave("{\"chunkDelayMs\": 100, \"outputTokens\": 90}");
        TenantSnapshot tenant = mesh.tenant();
        assertThat(mesh.client(tenant).lines(Client.streaming(""))).contains("data: [DONE]");
        List<OfRequest> events = mesh.ledger().of(tenant.tenantId());
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        Settled.class, settled -> assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED));
        List<Held> holds = events.stream()
                .filter(Held.class::isInstance)
                .map(Held.class::cast)
                .toList();
        assertThat(holds).hasSizeBetween(3, 12);
        assertThat(holds.getFirst().renewal()).isNull();
        assertThat(holds.subList(1, holds.size())).allSatisfy(held -> {
            assertThat(held.renewal()).isTrue();
            assertThat(held.ceiling()).isEqualTo(holds.getFirst().ceiling());
            assertThat(held.measured()).isNotNull().isLessThan(held.ceiling());
        });
        assertThat(holds).extracting(Held::expiresAt).isSorted();
        assertThat(entries(tenant)).extracting(entry -> entry.usage().id()).doesNotHaveDuplicates();
    }

    @Test
    void aKilledProcessesHoldsAreSettledOnceByAnotherOne() throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 100, \"outputTokens\": 2000}");
        TenantSnapshot measured = mesh.tenant();
        TenantSnapshot unmeasured = mesh.tenant();
        int port = mesh.freePort();
        Process victim = mesh.spawn(port, SHORT_LIVED);
        try {
            mesh.awaitReady(port);
            Client client = mesh.client(measured).at(port);
            InputStream open = client.open(Client.streaming("")).body();
            assertThat(open.readNBytes(200)).hasSize(200);
            // Its hold is renewed once at least.
            mesh.ledger().await(measured.tenantId(), 2);
            mesh.provider().behave("{\"latencyMs\": 60000}");
            Thread.ofVirtual().start(() -> unanswered(mesh.client(unmeasured).at(port)));
            mesh.ledger().await(unmeasured.tenantId(), 1);
            victim.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            // As if it had events in its file when it died.
            mark("orchestration-" + port);
            Eventually.passes(
                    Duration.ofSeconds(60), () -> assertThat(waiting()).isGreaterThanOrEqualTo(2));
            assertThat(mesh.ledger().of(measured.tenantId())).noneMatch(Settled.class::isInstance);
            // Not before it is taken for dead.
            Eventually.passes(
                    Duration.ofSeconds(30),
                    () -> mesh.bean(SpillNotice.class)
                            .drained("orchestration-" + port)
                            .block(Duration.ofSeconds(10)));

            assertThat(assertRecovered(measured).measured()).isNotNull();
            assertThat(assertRecovered(unmeasured).measured()).isNull();
        } finally {
            victim.destroyForcibly();
        }
    }

    @Test
    void aProcessThatWasHaltedBeyondItsHoldsExpiryFindsItSettledAndItsOwnSettlementIsADuplicate() throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 50, \"outputTokens\": 4000}");
        TenantSnapshot tenant = mesh.tenant();
        double before = duplicates();
        int port = mesh.freePort();
        Process halted = mesh.spawn(port, SHORT_LIVED);
        try {
            mesh.awaitReady(port);
            InputStream open =
                    mesh.client(tenant).at(port).open(Client.streaming("")).body();
            assertThat(open.readNBytes(200)).hasSize(200);
            signal(halted, "STOP");
            assertRecovered(tenant);
            signal(halted, "CONT");
            String rest = new String(open.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).contains("\"finish_reason\":\"length\"").endsWith("data: [DONE]\n\n");
            Eventually.passes(
                    Duration.ofSeconds(20), () -> assertThat(duplicates()).isEqualTo(before + 1));
            List<Outcome> outcomes = mesh.ledger().of(tenant.tenantId()).stream()
                    .filter(Settled.class::isInstance)
                    .map(event -> ((Settled) event).outcome())
                    .toList();
            assertThat(outcomes).containsExactly(Outcome.RECOVERED, Outcome.CUT_OFF);
        } finally {
            halted.destroyForcibly();
        }
    }

    private double waiting() {
        return mesh.bean(MeterRegistry.class)
                .get("weir.ledger.waiting.holds")
                .gauge()
                .value();
    }

    private void mark(String producer) {
        Long rows = mesh.bean(PlatformTransaction.class)
                .in(
                        "a test",
                        client -> client.sql(
                                        "UPDATE budget_holder SET spilling = true,"
                                                + " spilling_since = clock_timestamp() - interval '25 hours' WHERE instance = :instance")
                                .bind("instance", producer)
                                .fetch()
                                .rowsUpdated())
                .block(Duration.ofSeconds(10));
        assertThat(rows).isPositive();
    }

    private double duplicates() {
        return mesh.bean(MeterRegistry.class)
                .counter("weir.ledger.duplicate.settlements")
                .count();
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    private static void unanswered(Client client) {
        try {
            client.chat(Client.hello(Mesh.MODEL));
        } catch (java.io.UncheckedIOException killed) {
            assertThat(killed).hasCauseInstanceOf(IOException.class);
        }
    }

    /// The hold that was settled for its process.
    private Held assertRecovered(TenantSnapshot tenant) {
        List<Entry> all = Eventually.value(
                Duration.ofSeconds(60),
                () -> entries(tenant),
                found -> found.stream().anyMatch(entry -> entry.usage().data() instanceof Settled));
        Held last = null;
        for (Entry entry : all) {
            last = entry.usage().data() instanceof Held held ? held : last;
        }
        assertThat(last).isNotNull();
        Held held = last;
        Entry settlement = all.getLast();
        Settled settled = (Settled) settlement.usage().data();
        assertThat(settled.outcome()).isEqualTo(Outcome.RECOVERED);
        Amount known = held.measured();
        assertThat(settled.cost())
                .isEqualTo(known == null ? held.ceiling() : known)
                .isGreaterThan(Amount.ZERO);
        assertThat(settled.attempts())
                .flatExtracting(Attempt::lines)
                .extracting(Attempt.PricedLine::cost)
                .as("what is invoiced")
                .containsExactly(settled.cost());
        Instant at = settlement.usage().time();
        assertThat(at).isAfter(held.expiresAt()).isBefore(held.expiresAt().plus(BOUND));
        assertThat(settlement.usage().producerid()).isEqualTo("orchestration-test");
        assertThat(all.stream().filter(entry -> entry.usage().data() instanceof Settled))
                .hasSize(1);
        return held;
    }
}
