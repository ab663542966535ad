package io.weir.analytics;

import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A reader of the cost stream that adds up as a careful client does, and fails on a gap or a doubled number.
final class CostSocket implements WebSocket.Listener, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = CostChecks.LIMIT;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final StringBuilder partial = new StringBuilder();
    private final List<JsonNode> frames = new ArrayList<>();
    private final List<Long> arrivals = new ArrayList<>();
    private final WebSocket socket;
    private boolean begun;
    // Its totals are those of the month, and not only what came after a number.
    private boolean whole;
    private long seq;
    private long requests;
    private BigDecimal cost = BigDecimal.ZERO;
    private BigDecimal savings = BigDecimal.ZERO;
    private String fault = "";
    private int closeCode;

    private CostSocket(int port, String passport, long resumeFrom) throws Exception {
        begun = resumeFrom >= 0;
        whole = resumeFrom <= 0;
        seq = Math.max(0, resumeFrom);
        socket = HTTP.newWebSocketBuilder()
                .header(Passport.HEADER, passport)
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + port + "/ws/costs"
                                + (resumeFrom >= 0 ? "?resume_from=" + resumeFrom : "")),
                        this)
                .get(30, TimeUnit.SECONDS);
    }

    static CostSocket open(RunningAnalytics analytics, int port, TenantId tenant) throws Exception {
        return new CostSocket(port, analytics.passport(tenant, Scope.ANALYTICS), -1);
    }

    static CostSocket open(RunningAnalytics analytics, TenantId tenant, Scope... scopes) throws Exception {
        return new CostSocket(analytics.port(), analytics.passport(tenant, scopes), -1);
    }

    /// Goes on after a number, adding to nothing.
    static CostSocket resumeFrom(RunningAnalytics analytics, int port, TenantId tenant, long from) throws Exception {
        return new CostSocket(port, analytics.passport(tenant, Scope.ANALYTICS), from);
    }

    /// Goes on with what another one had.
    static CostSocket resume(RunningAnalytics analytics, int port, TenantId tenant, CostSocket before)
            throws Exception {
        CostSocket next = new CostSocket(port, analytics.passport(tenant, Scope.ANALYTICS), before.seq());
        next.goOnFrom(before);
        return next;
    }

    // Frames may have come before this call: they added to zero.
    private synchronized void goOnFrom(CostSocket before) {
        boolean replaced = frames.stream().anyMatch(frame -> is(frame, "snapshot"));
        whole = true;
        if (!replaced) {
            requests += before.requests();
            cost = cost.add(before.cost());
            savings = savings.add(before.savings());
        }
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            JsonNode frame = JSON.readTree(partial.toString());
            partial.setLength(0);
            frames.add(frame);
            arrivals.add(System.currentTimeMillis());
            take(frame);
            notifyAll();
        }
        webSocket.request(1);
        return null;
    }

    private void take(JsonNode frame) {
        long to = frame.path("seq").asLong();
        if (frame.path("v").asInt() != 1) {
            fault += "version in " + frame;
        }
        if (is(frame, "snapshot")) {
            if (begun && to != seq) {
                fault += "snapshot at " + to + " after " + seq + "; ";
            }
            requests = frame.path("requests").asLong();
            cost = amount(frame, "cost_usd");
            savings = amount(frame, "savings_usd");
            whole = true;
        } else if (is(frame, "delta")) {
            if (frame.path("from_seq").asLong() != seq + 1 || to < seq + 1) {
                fault += "delta " + frame + " after " + seq + "; ";
            }
            requests += frame.path("requests").asLong();
            cost = cost.add(amount(frame, "cost_usd"));
            savings = savings.add(amount(frame, "savings_usd"));
        } else if (to != seq) {
            fault += frame + " after " + seq + "; ";
        } else if (is(frame, "checkpoint") && whole && !agrees(frame)) {
            fault += frame + " where there are " + requests + " for " + cost + "; ";
        }
        begun = true;
        seq = to;
    }

    private boolean agrees(JsonNode checkpoint) {
        return checkpoint.path("requests").asLong() == requests
                && amount(checkpoint, "cost_usd").compareTo(cost) == 0
                && amount(checkpoint, "savings_usd").compareTo(savings) == 0;
    }

    static boolean is(JsonNode frame, String type) {
        return frame.path("type").asString().equals(type);
    }

    private static BigDecimal amount(JsonNode frame, String field) {
        return new BigDecimal(frame.path(field).asString());
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closeCode = statusCode;
        notifyAll();
        return null;
    }

    @Override
    public synchronized void onError(WebSocket webSocket, Throwable error) {
        closeCode = closeCode == 0 ? 1006 : closeCode;
        notifyAll();
    }

    synchronized long seq() {
        return seq;
    }

    synchronized long requests() {
        return requests;
    }

    synchronized BigDecimal cost() {
        return cost;
    }

    synchronized BigDecimal savings() {
        return savings;
    }

    synchronized String fault() {
        return fault;
    }

    synchronized int closeCode() {
        return closeCode;
    }

    synchronized List<JsonNode> frames() {
        return List.copyOf(frames);
    }

    synchronized List<Long> arrivals() {
        return List.copyOf(arrivals);
    }

    CostSocket until(long reached) throws InterruptedException {
        await(() -> seq >= reached, "seq " + reached);
        return this;
    }

    /// The number of its first frame.
    long first() throws InterruptedException {
        await(() -> !frames.isEmpty(), "a first frame");
        return frames().getFirst().path("seq").asLong();
    }

    private synchronized void await(BooleanSupplier there, String what) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!there.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || closeCode != 0) {
                throw new AssertionError("at " + seq + ", not " + what + " " + fault + " closed " + closeCode);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /// Without a goodbye.
    void abort() {
        socket.abort();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }
}
