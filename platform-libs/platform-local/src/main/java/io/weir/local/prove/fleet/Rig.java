package io.weir.local.prove.fleet;

import io.weir.local.platform.Fleet;
import io.weir.local.platform.Fleet.Member;
import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.supervisor.Part.Kind;
import io.weir.local.supervisor.PartState;
import io.weir.local.supervisor.PartStatus;
import io.weir.local.supervisor.Supervisor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A running platform on ports and data of its own: several orchestration, analytics and gateway processes behind a
/// balancer each, the other services once, and the servers. All of it ends when it is closed. Safe for use by many
/// threads.
public final class Rig implements AutoCloseable {

    private static final Duration UP_LIMIT = Duration.ofMinutes(10);
    private static final int MOST_FAILURES = 6;
    private static final int LAST_LINES = 20;
    private static final Duration CHANGE_LIMIT = Duration.ofMinutes(3);
    private static final Duration SAY_EVERY = Duration.ofMillis(1_500);
    private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Map<String, Map<String, String>> SETTINGS = Map.of(
            // What a killed process held is recovered soon.
            "orchestration", Map.of("weir.ledger.hold-ttl", "20s", "weir.ledger.sweep-grace", "3s"),
            // Processes that were away get connections again.
            "gateway", Map.of("spring.cloud.gateway.server.webflux.httpclient.pool.max-life-time", "10s"));

    private final Layout layout;
    private final Ports ports;
    private final Fleet fleet;
    private final Supervisor supervisor;
    private final List<Balancer> balancers = new ArrayList<>();
    private final Thread hook;

    private Rig(Layout layout, Setup setup) {
        this.layout = layout;
        this.ports = Ports.lasting();
        this.fleet = new Fleet(layout, ports, setup.size.processes(), setup.settings, setup.jvmOptions);
        this.supervisor = new Supervisor(fleet.parts(), layout::log, layout.childrenFile(), report -> {});
        this.hook = new Thread(this::end, "rig-end");
    }

    /// How many processes there are of the services that have several.
    public record Size(int orchestration, int analytics, int gateway) {

        /// With one gateway.
        public Size(int orchestration, int analytics) {
            this(orchestration, analytics, 1);
        }

        Map<String, Integer> processes() {
            return Map.of("orchestration", orchestration, "analytics", analytics, "gateway", gateway);
        }

        public static final Size WHOLE = new Size(3, 2);
        /// Starts sooner.
        public static final Size SMALL = new Size(2, 1);
    }

    /// What a platform is made of.
    ///
    /// @param settings of services, by service and name
    /// @param jvmOptions of every service and of the broker
    public record Setup(Size size, Map<String, Map<String, String>> settings, List<String> jvmOptions) {

        /// Quick to start, and to recover when processes are killed.
        public static Setup ofTrials(Size size) {
            return new Setup(size, SETTINGS, Fleet.QUICK_START);
        }
    }

    /// Returns when all of it is ready.
    ///
    /// @param home with the services' jars
    /// @param directory for all data
    public static Rig start(Path home, Path directory, Setup setup, Consumer<String> progress) throws IOException {
        Layout layout = new Layout(home, directory);
        layout.create();
        Rig rig = new Rig(layout, setup);
        Runtime.getRuntime().addShutdownHook(rig.hook);
        try {
            setup.size.processes().forEach(rig::balance);
            rig.supervisor.start();
            rig.awaitReady(progress);
            return rig;
        } catch (IOException | RuntimeException failed) {
            rig.close();
            throw failed;
        }
    }

    private void balance(String service, int processes) {
        if (processes > 1) {
            List<Integer> backends = fleet.members().stream()
                    .filter(member -> member.service().equals(service))
                    .map(Member::port)
                    .toList();
            balancers.add(Balancer.start(fleet.front(service), backends));
        }
    }

    /// Returns when all parts are ready. Fails after minutes.
    public void awaitReady(Consumer<String> progress) throws IOException {
        long said = System.nanoTime();
        long deadline = said + UP_LIMIT.toNanos();
        while (!supervisor.report().ready()) {
            boolean hopeless = supervisor.report().parts().stream().anyMatch(part -> part.failures() > MOST_FAILURES);
            if (hopeless || System.nanoTime() - deadline > 0) {
                throw new IOException("the platform does not start: " + missing() + lastWords());
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for: " + missing());
            }
            if (System.nanoTime() - said > SAY_EVERY.toNanos()) {
                said = System.nanoTime();
                progress.accept("starting: " + missing());
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    private String missing() {
        return supervisor.report().parts().stream()
                .filter(part -> part.state() != PartState.READY)
                .map(part -> part.name() + (part.detail() == null ? "" : " (" + part.detail() + ")"))
                .collect(Collectors.joining(", "));
    }

    // Of what failed: its log may be gone when somebody looks.
    private String lastWords() throws IOException {
        StringBuilder words = new StringBuilder();
        for (PartStatus part : supervisor.report().parts()) {
            Path log = layout.log(part.name());
            if (part.failures() > 0 && Files.exists(log)) {
                List<String> lines = Files.readAllLines(log);
                words.append("\n--- end of ").append(log.getFileName()).append('\n');
                lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
                        .forEach(line -> words.append(line).append('\n'));
            }
        }
        return words.toString();
    }

    /// The names of a service's processes.
    public List<String> processes(String service) {
        return fleet.members().stream()
                .filter(member -> member.service().equals(service))
                .map(Member::name)
                .toList();
    }

    /// The URLs of a service's processes, past what spreads calls over them.
    public List<String> addresses(String service) {
        return fleet.members().stream()
                .filter(member -> member.service().equals(service))
                .map(member -> "http://127.0.0.1:" + member.port())
                .toList();
    }

    /// The processes of all parts that have one at present, by the part's name.
    public Map<String, ProcessHandle> running() {
        Map<String, ProcessHandle> running = new LinkedHashMap<>();
        for (PartStatus part : supervisor.report().parts()) {
            Long pid = part.pid();
            if (pid != null) {
                ProcessHandle.of(pid).ifPresent(process -> running.put(part.name(), process));
            }
        }
        return running;
    }

    /// `kill -9` of a part's process and of all that it started; it is started again at once. False: it has none at
    /// present.
    public boolean kill(String part) {
        Long pid = status(part).pid();
        ProcessHandle process = pid == null ? null : ProcessHandle.of(pid).orElse(null);
        if (process == null) {
            return false;
        }
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        return true;
    }

    /// `kill -9`, and nothing in its place until [#bringBack].
    public boolean cut(String part) {
        boolean killed = kill(part);
        supervisor.stop(part);
        await(() -> status(part).state() == PartState.STOPPED, part + " does not end");
        return killed;
    }

    public void bringBack(String part) {
        supervisor.start(part);
    }

    /// Deletes all data of a server that is cut off.
    public void wipe(String part) throws IOException {
        DirectoryTree.delete(layout.data().resolve(part));
    }

    /// `kill -9` of all servers and services, and nothing in their place until [#bringBack]; then all data is deleted.
    /// The simulator of the providers is no part of the platform, and goes on.
    public void lose() throws IOException {
        Set<Kind> all = Set.of(Kind.SERVER, Kind.SERVICE);
        names(all).forEach(this::kill);
        names(all).forEach(this::cut);
        DirectoryTree.delete(layout.data());
        layout.create();
    }

    /// Ends all parts of a kind, and leaves it so.
    public void end(Kind kind) {
        List<String> parts = names(Set.of(kind));
        parts.forEach(supervisor::stop);
        parts.forEach(part -> await(() -> status(part).state() == PartState.STOPPED, part + " does not end"));
    }

    /// Has all parts of a kind back that were cut off. Returns when they are ready.
    public void bringBack(Kind kind) {
        List<String> parts = names(Set.of(kind));
        parts.forEach(supervisor::start);
        await(() -> parts.stream().allMatch(part -> status(part).state() == PartState.READY), "not ready: " + parts);
    }

    private List<String> names(Set<Kind> kinds) {
        return supervisor.report().parts().stream()
                .filter(part -> kinds.contains(part.kind()))
                .map(PartStatus::name)
                .toList();
    }

    /// Where all of it lies.
    public Layout layout() {
        return layout;
    }

    private PartStatus status(String name) {
        return supervisor.report().parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part " + name));
    }

    private static void await(BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + CHANGE_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(otherwise);
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    /// The directory of the parts' logs.
    public Path logs() {
        return layout.logs();
    }

    public String gateway() {
        return ports.url(Port.GATEWAY);
    }

    public String simulator() {
        return ports.url(Port.PROVIDER_SIMULATOR);
    }

    public String kafka() {
        return "127.0.0.1:" + ports.of(Port.KAFKA);
    }

    public String clickHouse() {
        return ports.url(Port.CLICKHOUSE);
    }

    /// JDBC.
    public String postgres(String database) {
        return "jdbc:postgresql://127.0.0.1:" + ports.of(Port.POSTGRES) + "/" + database;
    }

    /// Of the superuser of `postgres` or `clickhouse`.
    public String password(String server) {
        return fleet.passwords().getOrDefault(server, "");
    }

    public String adminKey() {
        return fleet.adminKey();
    }

    private void end() {
        balancers.forEach(Balancer::close);
        supervisor.end();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook runs, or has run
        }
    }
}
