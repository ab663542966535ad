package io.weir.analytics.proof.sockets;

import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One reader of a tenant's stream over all its connections: adds up, resumes with its last number, and notes every
/// gap, repetition and checkpoint that is not what it has.
final class Reader implements WebSocket.Listener {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TenantId tenant;
    private final Crowd crowd;
    private final StringBuilder partial = new StringBuilder();
    private long seq = -1;
    private long requests;
    private BigDecimal cost = BigDecimal.ZERO;
    private int faults;
    private boolean open;
    private long triedAt;
    private @Nullable WebSocket socket;

    Reader(TenantId tenant, Crowd crowd) {
        this.tenant = tenant;
        this.crowd = crowd;
    }

    TenantId tenant() {
        return tenant;
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

    synchronized int faults() {
        return faults;
    }

    synchronized boolean isOpen() {
        return open;
    }

    /// Completes when it is open or refused; never fails.
    CompletableFuture<?> connect(HttpClient http, Instance instance) {
        String from;
        synchronized (this) {
            partial.setLength(0);
            from = seq < 0 ? "" : "?resume_from=" + seq;
            triedAt = System.nanoTime();
        }
        return http.newWebSocketBuilder()
                .header(Instance.header(), instance.passport(tenant))
                .buildAsync(URI.create("ws://127.0.0.1:" + instance.port() + "/ws/costs" + from), this)
                .handle((opened, failure) -> {
                    if (failure != null) {
                        crowd.refused(this);
                    }
                    return null;
                });
    }

    @Override
    public void onOpen(WebSocket opened) {
        synchronized (this) {
            open = true;
            socket = opened;
            crowd.opened(System.nanoTime() - triedAt);
        }
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        synchronized (this) {
            partial.append(data);
            if (last) {
                take(JSON.readTree(partial.toString()));
                partial.setLength(0);
            }
        }
        from.request(1);
        return null;
    }

    private void take(JsonNode frame) {
        long to = frame.path("seq").asLong();
        switch (frame.path("type").asString()) {
            case "snapshot" -> {
                faults += seq < 0 || seq == to ? 0 : 1;
                requests = frame.path("requests").asLong();
                cost = amount(frame);
            }
            case "delta" -> {
                faults += frame.path("from_seq").asLong() == seq + 1 ? 0 : 1;
                requests += frame.path("requests").asLong();
                cost = cost.add(amount(frame));
                crowd.delta(tenant, frame.path("request_id").asString(""));
            }
            case "checkpoint" -> {
                boolean same = seq == to
                        && frame.path("requests").asLong() == requests
                        && amount(frame).compareTo(cost) == 0;
                faults += same ? 0 : 1;
                crowd.checkpoint();
            }
            default -> faults += seq == to ? 0 : 1;
        }
        seq = to;
    }

    private static BigDecimal amount(JsonNode frame) {
        return new BigDecimal(frame.path("cost_usd").asString());
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket closed, int code, String reason) {
        gone(closed);
        return null;
    }

    @Override
    public void onError(WebSocket broken, Throwable error) {
        gone(broken);
    }

    private void gone(WebSocket which) {
        synchronized (this) {
            if (!open || !which.equals(socket)) {
                return;
            }
            open = false;
        }
        crowd.lost(this);
    }
}
