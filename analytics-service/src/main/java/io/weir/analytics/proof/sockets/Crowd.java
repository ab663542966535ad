package io.weir.analytics.proof.sockets;

import io.weir.tenancy.TenantId;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// Many readers, which come back by themselves when their connection ends, and what they noticed together.
final class Crowd implements AutoCloseable {

    private static final int THREADS = 2;
    private static final int AT_ONCE = 64;
    private static final int SOONEST_MS = 100;
    private static final int LATEST_MS = 1_000;

    private final Instance instance;
    private final Settler settler;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("crowd-", 0).factory());
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("crowd-later").factory());
    private final HttpClient http = HttpClient.newBuilder().executor(threads).build();
    private final List<Reader> readers = new ArrayList<>();
    private final Samples delays = new Samples();
    private final Samples openings = new Samples();
    private final AtomicLong coalesced = new AtomicLong();
    private final AtomicLong checkpoints = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private volatile boolean closed;

    Crowd(Instance instance, Settler settler) {
        this.instance = instance;
        this.settler = settler;
    }

    /// Nanoseconds, as many as came.
    static final class Samples {

        private long[] values = new long[1 << 16];
        private int size;

        synchronized void add(long nanos) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = nanos;
        }

        /// Percentiles in milliseconds of what came since the last call, and the most.
        synchronized Delays drain() {
            long[] sorted = Arrays.copyOf(values, size);
            size = 0;
            Arrays.sort(sorted);
            return new Delays(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
        }

        private static double at(long[] sorted, double part) {
            if (sorted.length == 0) {
                return 0;
            }
            int index = (int) Math.min(sorted.length - 1L, (long) (part * sorted.length));
            return Math.round(sorted[index] / 10_000.0) / 100.0;
        }
    }

    /// Milliseconds.
    record Delays(int count, double p50, double p99, double most) {}

    /// Opens as many for each tenant; returns when all are open.
    @SuppressWarnings("FutureReturnValueIgnored")
    void open(List<TenantId> tenants, int each, Duration limit) throws InterruptedException, TimeoutException {
        Semaphore places = new Semaphore(AT_ONCE);
        for (int i = 0; i < each; i++) {
            for (TenantId tenant : tenants) {
                Reader reader = new Reader(tenant, this);
                readers.add(reader);
                places.acquire();
                reader.connect(http, instance).whenComplete((opened, failure) -> places.release());
            }
        }
        await(() -> readers.stream().allMatch(Reader::isOpen), limit, "not all sockets are open");
    }

    static void await(BooleanSupplier there, Duration limit, String what)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(what + " after " + limit.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    List<Reader> readers() {
        return List.copyOf(readers);
    }

    void opened(long nanos) {
        openings.add(nanos);
    }

    void refused(Reader reader) {
        refusals.incrementAndGet();
        lost(reader);
    }

    // As the reference says to, at a random moment of their own.
    @SuppressWarnings("FutureReturnValueIgnored")
    void lost(Reader reader) {
        if (!closed) {
            later.schedule(
                    () -> reader.connect(http, instance),
                    ThreadLocalRandom.current().nextInt(SOONEST_MS, LATEST_MS),
                    TimeUnit.MILLISECONDS);
        }
    }

    void delta(TenantId tenant, String request) {
        if (request.isEmpty()) {
            coalesced.incrementAndGet();
        } else {
            delays.add(System.nanoTime() - settler.sentAt(request));
        }
    }

    void checkpoint() {
        checkpoints.incrementAndGet();
    }

    /// From a settlement's sending to its frame at a reader, since the last call.
    Delays delays() {
        return delays.drain();
    }

    /// From a successful attempt's begin to its open socket, since the last call.
    Delays openings() {
        return openings.drain();
    }

    long coalesced() {
        return coalesced.get();
    }

    long checkpoints() {
        return checkpoints.get();
    }

    long refusals() {
        return refusals.get();
    }

    int faults() {
        return readers.stream().mapToInt(Reader::faults).sum();
    }

    @Override
    public void close() {
        closed = true;
        later.shutdownNow();
        http.shutdownNow();
        threads.shutdownNow();
    }
}
