package io.weir.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.supervisor.Part.Kind;
import io.weir.local.supervisor.Part.Program;
import io.weir.local.supervisor.Part.ReadyLine;
import io.weir.local.supervisor.Part.Step;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String RUNS = "echo '{\"ready\":true}'; exec sleep 600";

    @TempDir
    private Path directory;

    private @Nullable Supervisor supervisor;

    @AfterEach
    void end() {
        if (supervisor != null) {
            supervisor.end();
        }
    }

    private Supervisor started(Part... parts) {
        Supervisor made = new Supervisor(
                List.of(parts),
                name -> directory.resolve(name + ".log"),
                directory.resolve("children.json"),
                report -> {});
        supervisor = made;
        made.start();
        return made;
    }

    private static Part program(String name, String script, String... needs) {
        return new Part(
                name,
                Kind.SERVER,
                Set.of(needs),
                null,
                null,
                new Program(() -> new ProcessBuilder("sh", "-c", script), new ReadyLine()));
    }

    private static Part step(String name, Part.Action action, String... needs) {
        return new Part(name, Kind.STEP, Set.of(needs), null, null, new Step(action));
    }

    private static PartStatus status(Supervisor supervisor, String name) {
        return supervisor.report().parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static PartStatus ready(Supervisor supervisor, String name) {
        return Eventually.value(LONG, () -> status(supervisor, name), part -> part.state() == PartState.READY);
    }

    private static ProcessIdentity identity(PartStatus status) {
        Long pid = status.pid();
        assertThat(pid).isNotNull();
        return ProcessIdentity.of(pid == null ? -1 : pid).orElseThrow();
    }

    @Test
    void aKilledPartComesBackAsAnotherProcess() {
        Supervisor running = started(program("one", RUNS));
        ProcessIdentity first = identity(ready(running, "one"));

        first.alive().orElseThrow().destroyForcibly();

        PartStatus back = Eventually.value(
                LONG, () -> status(running, "one"), part -> part.restarts() == 1 && part.state() == PartState.READY);
        assertThat(identity(back)).isNotEqualTo(first);
    }

    @Test
    void aStoppedPartStaysStoppedUntilItIsStarted() {
        Supervisor running = started(program("one-service", RUNS));
        ProcessIdentity first = identity(ready(running, "one-service"));

        running.stop("one");
        Eventually.value(LONG, () -> status(running, "one-service"), part -> part.state() == PartState.STOPPED);
        assertThat(first.alive()).isEmpty();
        // Longer than the pause before a restart.
        AtomicInteger looks = new AtomicInteger();
        Eventually.passes(Duration.ofSeconds(10), () -> {
            assertThat(status(running, "one-service").state()).isEqualTo(PartState.STOPPED);
            assertThat(looks.incrementAndGet()).isGreaterThan(75);
        });

        running.start("one");
        assertThat(ready(running, "one-service").restarts()).isZero();
    }

    @Test
    void partsStartInTheOrderOfTheirNeeds() {
        List<String> order = new CopyOnWriteArrayList<>();
        Supervisor running = started(
                step("last", () -> order.add("last"), "middle"),
                step("middle", () -> order.add("middle"), "first"),
                program("first", RUNS));
        ready(running, "last");

        assertThat(order).containsExactly("middle", "last");
        assertThat(running.report().ready()).isTrue();
    }

    @Test
    void aRestartDoesNotWaitForWhatTheFirstStartNeeded() {
        Supervisor running = started(program("broker", RUNS), program("service", RUNS, "broker"));
        ProcessIdentity first = identity(ready(running, "service"));
        running.stop("broker");
        Eventually.value(LONG, () -> status(running, "broker"), part -> part.state() == PartState.STOPPED);

        first.alive().orElseThrow().destroyForcibly();

        Eventually.value(
                LONG,
                () -> status(running, "service"),
                part -> part.restarts() == 1 && part.state() == PartState.READY);
    }

    @Test
    void whatKeepsFailingIsCountedAndTriedAgain() {
        Supervisor running = started(program("broken", "echo out of luck >&2; exit 7"));

        PartStatus failed = Eventually.value(LONG, () -> status(running, "broken"), part -> part.failures() >= 2);

        assertThat(Eventually.value(LONG, () -> status(running, "broken"), part -> part.detail() != null)
                        .detail())
                .contains("status 7");
        assertThat(failed.readyMillis()).isNull();
        assertThat(directory.resolve("broken.log")).content().contains("out of luck");
    }

    @Test
    void aStepIsRepeatedUntilItSucceeds() {
        AtomicInteger attempts = new AtomicInteger();
        Supervisor running = started(step("stubborn", () -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IOException("not yet");
            }
        }));

        assertThat(ready(running, "stubborn").restarts()).isEqualTo(2);
        assertThat(attempts).hasValue(3);
    }

    @Test
    void theEndLeavesNoProcessAndTheListOfChildrenEmpty() {
        Supervisor running = started(program("one", RUNS), program("two", RUNS, "one"), step("never", () -> {
            throw new IOException("not today");
        }));
        ProcessIdentity one = identity(ready(running, "one"));
        ProcessIdentity two = identity(ready(running, "two"));
        assertThat(Children.running(directory.resolve("children.json"))).containsExactlyInAnyOrder(one, two);

        running.end();

        assertThat(one.alive()).isEmpty();
        assertThat(two.alive()).isEmpty();
        assertThat(Children.running(directory.resolve("children.json"))).isEmpty();
    }

    @Test
    void anUnknownPartIsRefusedWithTheKnownOnes() {
        Supervisor running = started(program("one", RUNS), step("a-step", () -> {}));

        assertThatThrownBy(() -> running.stop("three"))
                .isInstanceOf(UnknownPartException.class)
                .hasMessageContaining("one");
        assertThatThrownBy(() -> running.stop("a-step")).isInstanceOf(UnknownPartException.class);
    }

    @Test
    void theControlChannelNeedsItsToken() throws Exception {
        Supervisor running = started(program("one", RUNS));
        ready(running, "one");
        Path control = directory.resolve("control.json");
        AtomicInteger downs = new AtomicInteger();
        try (ControlServer server = ControlServer.open(running, control, downs::incrementAndGet);
                ControlClient client = ControlClient.find(control).orElseThrow()) {
            assertThat(client.status().ready()).isTrue();
            client.stop("one");
            Eventually.value(LONG, () -> status(running, "one"), part -> part.state() == PartState.STOPPED);
            assertThatThrownBy(() -> client.stop("three"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("part: three");
            String forged = Files.readString(control).replaceAll("\"token\":\"[^\"]*\"", "\"token\":\"guessed\"");
            Files.writeString(control, forged);
            try (ControlClient stranger = ControlClient.find(control).orElseThrow()) {
                assertThatThrownBy(stranger::down)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("token");
            }
            assertThat(downs).hasValue(0);
            client.down();
            assertThat(downs).hasValue(1);
            assertThat(server).isNotNull();
        }
        assertThat(ControlClient.find(control)).isEmpty();
    }
}
