package io.weir.local.prove.load;

import io.weir.local.prove.load.Seen.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The calls of a plan, made by so many callers at once, and what they saw.
public final class Load {

    // Who was told to try again does not do so at once.
    private static final long AFTER_FAILURE_NANOS = 100_000_000;

    private final long seed;
    private final int calls;
    private final List<Customer> customers;
    private final Client client;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();

    public Load(long seed, int calls, List<Customer> customers, Client client) {
        this.seed = seed;
        this.calls = calls;
        this.customers = List.copyOf(customers);
        this.client = client;
    }

    public void start(int atOnce) {
        for (int i = 0; i < atOnce; i++) {
            callers.add(Thread.ofVirtual().name("caller-" + i).start(this::call));
        }
    }

    private void call() {
        try {
            for (int number = next.getAndIncrement(); number < calls; number = next.getAndIncrement()) {
                PlannedCall call = PlannedCall.of(seed, number, customers);
                Seen one = client.make(call, customers.get(call.customer()));
                seen.add(one);
                made.incrementAndGet();
                if (one.result() == Result.FAILED || one.result() == Result.BROKEN) {
                    LockSupport.parkNanos(AFTER_FAILURE_NANOS);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// How many calls have ended.
    public int made() {
        return made.get();
    }

    public boolean isOver() {
        return callers.stream().noneMatch(Thread::isAlive);
    }

    public void stop() {
        callers.forEach(Thread::interrupt);
    }

    public Collection<Seen> seen() {
        return seen;
    }

    /// How many calls ended in which way.
    public static Map<Result, Integer> results(Collection<Seen> seen) {
        Map<Result, Integer> results = new EnumMap<>(Result.class);
        seen.forEach(one -> results.merge(one.result(), 1, Integer::sum));
        return results;
    }

    /// How many calls were answered with which problem.
    public static Map<String, Integer> problems(Collection<Seen> seen) {
        Map<String, Integer> problems = new TreeMap<>();
        seen.stream()
                .filter(one -> one.code() != null)
                .forEach(one -> problems.merge(one.status() + " " + one.code(), 1, Integer::sum));
        return problems;
    }
}
