package io.weir.local.prove;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Clients that call at a steady pace, each always at the same gateway. What they send is no good, so that it costs
/// nothing: whoever gets past the gateways' limits is told so by the service behind. A client that is late leaves out
/// what it is late with, for else it would make a burst of it.
final class PacedLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TOO_MANY = 429;
    private static final int NOT_VALID = 400;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> gateways;
    private final int clients;

    /// @param gateways their URLs
    PacedLoad(List<String> gateways, int clients) {
        this.gateways = List.copyOf(gateways);
        this.clients = clients;
    }

    /// What became of the calls.
    ///
    /// @param refused by the limit of requests per second
    /// @param faults neither admitted nor refused; none is expected
    /// @param unsaid refused without saying when to come back
    record Answers(
            long admitted,
            long refused,
            long faults,
            long unsaid,
            @Nullable String fault,
            double seconds) {

        long sent() {
            return admitted + refused + faults;
        }

        double offered() {
            return sent() / seconds;
        }
    }

    private static final class Tally {

        private final LongAdder admitted = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder faults = new LongAdder();
        private final LongAdder unsaid = new LongAdder();
        private volatile @Nullable String fault;
    }

    /// Calls for that long.
    ///
    /// @param perSecond of all clients together
    /// @param meanwhile called again and again, with the share of the time that is over
    Answers run(String key, double perSecond, Duration lasting, Meanwhile meanwhile)
            throws IOException, InterruptedException {
        Tally tally = new Tally();
        long period = (long) (TimeUnit.SECONDS.toNanos(1) * clients / perSecond);
        long began = System.nanoTime();
        long end = began + lasting.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < clients; client++) {
                HttpRequest request = request(gateways.get(client % gateways.size()), key);
                long first = began + period * client / clients;
                threads.execute(() -> calls(request, first, period, end, tally));
            }
            while (System.nanoTime() - end < 0) {
                meanwhile.at((System.nanoTime() - began) / (double) lasting.toNanos());
                Trial.pause(50);
            }
        }
        return new Answers(
                tally.admitted.sum(),
                tally.refused.sum(),
                tally.faults.sum(),
                tally.unsaid.sum(),
                tally.fault,
                lasting.toNanos() / 1e9);
    }

    /// What goes on beside the calls.
    @FunctionalInterface
    interface Meanwhile {
        void at(double done) throws IOException, InterruptedException;
    }

    private static HttpRequest request(String gateway, String key) {
        return HttpRequest.newBuilder(URI.create(gateway + "/v1/chat/completions"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
    }

    private void calls(HttpRequest request, long first, long period, long end, Tally tally) {
        for (long due = first;
                due - end < 0;
                due += period * Math.max(1, Math.ceilDiv(System.nanoTime() - due, period))) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            call(request, end, tally);
        }
    }

    // An answer that comes when the time is over belongs to a time that nobody measures.
    private void call(HttpRequest request, long end, Tally tally) {
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (System.nanoTime() - end > 0) {
                return;
            }
            switch (answer.statusCode()) {
                case NOT_VALID -> tally.admitted.increment();
                case TOO_MANY -> {
                    tally.refused.increment();
                    boolean said = answer.headers().firstValue("retry-after-ms").isPresent()
                            && answer.headers()
                                    .firstValue("x-ratelimit-reset-requests")
                                    .isPresent();
                    tally.unsaid.add(said ? 0 : 1);
                }
                default -> fault(tally, answer.statusCode() + " " + answer.body());
            }
        } catch (IOException broken) {
            if (System.nanoTime() - end < 0) {
                fault(tally, broken.toString());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fault(Tally tally, String what) {
        tally.faults.increment();
        tally.fault = what;
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
