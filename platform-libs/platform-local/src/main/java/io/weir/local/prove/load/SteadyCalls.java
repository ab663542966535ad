package io.weir.local.prove.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Tenants that call at a rate of their own, whether or not answers come: each call has a thread. Safe
/// for use by many threads.
public final class SteadyCalls implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final double EVENNESS = 0.2;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI target;
    private final Collection<Timed> made = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean sending = true;

    /// One call as its client saw it.
    ///
    /// @param sent by [System#nanoTime]
    /// @param nanos until all of the answer was there
    /// @param status 0: none came
    /// @param served the model that answered; empty: none did
    /// @param retryAfter whether a refusal says when to come back
    public record Timed(int customer, long sent, long nanos, int status, String served, boolean retryAfter) {

        public boolean isAnswered() {
            return status == 200;
        }

        public long ended() {
            return sent + nanos;
        }
    }

    /// @param gateway base URL
    public SteadyCalls(String gateway) {
        this.target = URI.create(gateway + "/v1/chat/completions");
    }

    /// Begins, and goes on until [#stop].
    ///
    /// @param index of the customer
    public void begin(int index, Customer customer, double perSecond, String body) {
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + customer.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        Thread.ofVirtual().name("calls-of-" + customer.slug()).start(() -> send(index, request, perSecond));
    }

    // Nearly even: none are in step for long.
    private void send(int index, HttpRequest request, double perSecond) {
        SplittableRandom random = new SplittableRandom(index);
        double gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        double next = System.nanoTime() + random.nextDouble() * gap;
        while (sending) {
            long wait = (long) next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            underWay.incrementAndGet();
            Thread.ofVirtual().start(() -> call(index, request));
            next += gap * (1 + EVENNESS * (random.nextDouble() - 0.5));
        }
    }

    private void call(int index, HttpRequest request) {
        long sent = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            made.add(new Timed(
                    index,
                    sent,
                    System.nanoTime() - sent,
                    answer.statusCode(),
                    answer.headers().firstValue("x-served-model").orElse(""),
                    answer.headers().firstValue("retry-after").isPresent()));
        } catch (IOException broken) {
            made.add(new Timed(index, sent, System.nanoTime() - sent, 0, "", false));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            underWay.decrementAndGet();
        }
    }

    /// No further calls. Returns when those under way have ended, or after their patience.
    public void stop() {
        sending = false;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (underWay.get() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /// Those that have ended.
    public List<Timed> made() {
        return List.copyOf(made);
    }

    @Override
    public void close() {
        sending = false;
        http.shutdownNow();
    }
}
