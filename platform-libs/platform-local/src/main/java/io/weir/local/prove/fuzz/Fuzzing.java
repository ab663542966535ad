package io.weir.local.prove.fuzz;

import io.weir.local.prove.fuzz.Judge.Fault;
import io.weir.local.prove.fuzz.Shot.Delivery;
import io.weir.local.prove.load.Customer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Shots at a gateway for a while, and what was wrong with the answers. The seed decides what is sent; how shots of
/// several callers interleave, it does not.
public final class Fuzzing {

    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofMillis(700);
    private static final int MOST_FAULTS = 25;
    private static final int OK = 200;

    private final long seed;
    private final List<Canary> canaries = new ArrayList<>();
    private final Shots shots;
    private final Wire wire;
    private final Judge judge;
    private final Path directory;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicLong echoes = new AtomicLong();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Found> found = new ConcurrentLinkedQueue<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unreachable = new AtomicInteger();

    /// @param customers two at least
    /// @param directory for inputs that showed a fault
    public Fuzzing(String gateway, long seed, List<Customer> customers, Path directory) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        customers.forEach(customer -> canaries.add(Canary.of(random)));
        this.shots = new Shots(seed, customers, canaries);
        this.wire = new Wire(gateway, DEADLINE, PATIENCE);
        this.judge = new Judge(canaries);
        this.directory = directory;
    }

    /// Something that was wrong.
    ///
    /// @param file with the shortest input that was found to show it
    public record Found(int number, String what, String kind, String detail, Path file) {}

    /// Returns when the time is over and all shots have ended.
    ///
    /// @param callers at once
    public void run(Duration lasting, int callers) throws InterruptedException {
        long until = System.nanoTime() + lasting.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(Thread.ofVirtual().name("fuzz-" + i).start(() -> shoot(until)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void shoot(long until) {
        while (System.nanoTime() - until < 0 && found.size() < MOST_FAULTS) {
            Shot shot = shots.at(next.getAndIncrement());
            try {
                Heard heard = wire.send(shot);
                note(shot, heard);
            } catch (IOException away) {
                unreachable.incrementAndGet();
            }
            made.incrementAndGet();
        }
    }

    private void note(Shot shot, Heard heard) {
        statuses.computeIfAbsent(heard.status(), absent -> new AtomicInteger()).incrementAndGet();
        if (canaries.get(shot.tenant()).isIn(heard.text())) {
            echoes.incrementAndGet();
        }
        String requestId = heard.headers().get("x-request-id");
        if (shot.isMetered() && heard.status() == OK && heard.complete() && requestId != null) {
            answered.add(requestId);
        }
        judge.fault(shot, heard).ifPresent(fault -> found.add(found(shot, fault)));
    }

    private Found found(Shot shot, Fault fault) {
        Shot smallest = shot.delivery() == Delivery.WHOLE
                        && shot.sound()
                        && !fault.kind().equals("hang")
                ? shot.withBody(Shrinking.smallest(shot.body(), body -> showsToo(shot.withBody(body), fault)))
                : shot;
        Path file = directory.resolve("fuzz-" + seed + "-" + shot.number() + ".http");
        try {
            Files.createDirectories(directory);
            Files.write(file, smallest.bytes());
        } catch (IOException full) {
            // what is told below is enough to find it by seed and number
        }
        String detail = fault.detail().length() > 300 ? fault.detail().substring(0, 300) : fault.detail();
        String body = new String(smallest.body(), StandardCharsets.UTF_8);
        return new Found(
                shot.number(),
                shot.what() + " | " + (body.length() > 300 ? body.substring(0, 300) + "..." : body),
                fault.kind(),
                detail,
                file);
    }

    private boolean showsToo(Shot shot, Fault fault) {
        try {
            return judge.fault(shot, wire.send(shot))
                    .filter(other -> other.kind().equals(fault.kind()))
                    .isPresent();
        } catch (IOException away) {
            return false;
        }
    }

    /// How many shots have ended.
    public int made() {
        return made.get();
    }

    /// Answers that hold what their own tenant sent: where there are none, foreign ones could not be seen either.
    public long echoes() {
        return echoes.get();
    }

    /// Connections that the gateway did not take.
    public int unreachable() {
        return unreachable.get();
    }

    /// How many answers had which status; 0: none.
    public Map<Integer, AtomicInteger> statuses() {
        return new TreeMap<>(statuses);
    }

    /// The request ids of metered answers that came as a whole.
    public Set<String> answered() {
        return Set.copyOf(answered);
    }

    public List<Found> found() {
        return List.copyOf(found);
    }
}
