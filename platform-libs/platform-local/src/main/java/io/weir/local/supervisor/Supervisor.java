package io.weir.local.supervisor;

import io.weir.local.supervisor.PartKeeper.Surroundings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps a set of parts running until it is told to end them. Safe for use by several threads.
public final class Supervisor {

    private final List<PartKeeper> keepers;
    private final List<Thread> threads = new ArrayList<>();
    private final Consumer<StatusReport> listener;
    private final ReentrantLock listening = new ReentrantLock();
    private final String startedAt = Instant.now().toString();

    /// @param logs     where each part's log is, by its name
    /// @param children the file that lists the parts' processes
    /// @param listener hears of every change, one at a time; must not take long
    public Supervisor(List<Part> parts, Function<String, Path> logs, Path children, Consumer<StatusReport> listener) {
        this.listener = listener;
        Surroundings surroundings = new Mine(logs, new Children(children));
        this.keepers =
                parts.stream().map(part -> new PartKeeper(part, surroundings)).toList();
    }

    /// Starts every part when its time comes. Returns at once.
    public void start() {
        for (PartKeeper keeper : keepers) {
            threads.add(
                    Thread.ofPlatform().name("keeper-" + keeper.part().name()).start(keeper));
        }
    }

    public StatusReport report() {
        List<PartStatus> parts = keepers.stream().map(PartKeeper::status).toList();
        boolean ready = parts.stream().allMatch(part -> part.state() == PartState.READY);
        return new StatusReport(ProcessHandle.current().pid(), startedAt, ready, parts);
    }

    /// Ends a part's process and leaves it so. Returns before it has ended. Throws [UnknownPartException].
    public void stop(String name) {
        keeper(name).stop();
    }

    /// Takes back a [#stop]. Throws [UnknownPartException].
    public void start(String name) {
        keeper(name).start();
    }

    /// Takes back every [#stop].
    public void startAll() {
        keepers.forEach(PartKeeper::start);
    }

    /// Ends all parts, those first that need others. Returns when no process is left.
    public void end() {
        for (Part.Kind kind : Part.Kind.values()) {
            List<Thread> ending = new ArrayList<>();
            for (int i = 0; i < threads.size(); i++) {
                if (keepers.get(i).part().kind() == kind) {
                    keepers.get(i).end();
                    if (kind == Part.Kind.STEP) {
                        threads.get(i).interrupt(); // it may be waiting for an answer
                    }
                    ending.add(threads.get(i));
                }
            }
            ending.forEach(Supervisor::awaitEnd);
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Parts are also known without the ending `-service`.
    private PartKeeper keeper(String name) {
        return keepers.stream()
                .filter(keeper -> keeper.part().kind() != Part.Kind.STEP)
                .filter(keeper -> keeper.part().name().equals(name)
                        || keeper.part().name().equals(name + "-service"))
                .findFirst()
                .orElseThrow(() -> new UnknownPartException(name, stoppable()));
    }

    private List<String> stoppable() {
        return keepers.stream()
                .map(PartKeeper::part)
                .filter(part -> part.kind() != Part.Kind.STEP)
                .map(Part::name)
                .toList();
    }

    private final class Mine implements Surroundings {

        private final Function<String, Path> logs;
        private final Children children;

        Mine(Function<String, Path> logs, Children children) {
            this.logs = logs;
            this.children = children;
        }

        @Override
        public @Nullable String missing(Part part) {
            return keepers.stream()
                    .filter(other -> part.needs().contains(other.part().name()))
                    .map(PartKeeper::status)
                    .filter(status -> status.state() != PartState.READY)
                    .map(PartStatus::name)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public void changed() {
            listening.lock();
            try {
                listener.accept(report());
            } finally {
                listening.unlock();
            }
            keepers.forEach(PartKeeper::wake);
        }

        @Override
        public Path log(Part part) {
            return logs.apply(part.name());
        }

        @Override
        public Children children() {
            return children;
        }
    }
}
