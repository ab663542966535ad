package io.weir.local.prove.load;

import io.weir.local.prove.load.Seen.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes calls as their plan says. Safe for use by many threads; blocks.
public final class Client implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration GATEWAY_AWAY = Duration.ofMinutes(3);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String gateway;

    public Client(String gateway) {
        this.gateway = gateway;
    }

    /// Makes the call once. A gateway that takes no connection is tried again, since that is no call.
    Seen make(PlannedCall call, Customer customer) throws InterruptedException {
        return make(call.customer(), customer, call.path(), JsonMapper.shared().writeValueAsString(call.body()), call);
    }

    /// Makes one call and waits for its end.
    ///
    /// @param index of the customer
    public Seen make(int index, Customer customer, String path, String body) throws InterruptedException {
        return make(index, customer, path, body, null);
    }

    private Seen make(int index, Customer customer, String path, String body, @Nullable PlannedCall plan)
            throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + customer.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        long deadline = System.nanoTime() + GATEWAY_AWAY.toNanos();
        while (true) {
            Instant sent = Instant.now();
            try {
                return plan != null && plan.kind() == Kind.LEFT_EARLY
                        ? leaveEarly(request, index, plan, sent)
                        : read(http.send(request, HttpResponse.BodyHandlers.ofInputStream()), index, plan, sent);
            } catch (ConnectException away) {
                if (System.nanoTime() - deadline > 0) {
                    return ended(index, Result.BROKEN, sent);
                }
                LockSupport.parkNanos(AGAIN_NANOS);
            } catch (IOException broken) {
                return ended(index, Result.BROKEN, sent);
            }
        }
    }

    private Seen leaveEarly(HttpRequest request, int index, PlannedCall plan, Instant sent)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        try {
            return read(answer.get(plan.patience(), TimeUnit.MILLISECONDS), index, plan, sent);
        } catch (TimeoutException enough) {
            answer.cancel(true);
            // An answer that came in this moment is left, too.
            CompletableFuture<HttpResponse<InputStream>> _ = answer.whenComplete((late, failure) -> close(late));
            return ended(index, Result.LEFT, sent);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw new IllegalStateException(failed);
        }
    }

    private static void close(@Nullable HttpResponse<InputStream> answer) {
        if (answer != null) {
            try {
                answer.body().close();
            } catch (IOException gone) {
                // that was wanted
            }
        }
    }

    private static Seen read(HttpResponse<InputStream> answer, int index, @Nullable PlannedCall plan, Instant sent) {
        String requestId = answer.headers().firstValue("x-request-id").orElse(null);
        Result result = Result.BROKEN;
        String text = "";
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                result = answer.statusCode() < 500 ? Result.REFUSED : Result.FAILED;
            } else if (plan != null && plan.streams()) {
                result = readEvents(body, plan);
            } else {
                body.readAllBytes();
                result = Result.ANSWERED;
            }
        } catch (IOException broken) {
            result = Result.BROKEN;
        }
        JsonNode error = problem(text);
        return new Seen(
                index,
                result,
                requestId,
                answer.statusCode(),
                error == null ? null : error.path("code").asString(""),
                error == null ? null : error.path("message").asString(""),
                sent,
                Instant.now());
    }

    private static Result readEvents(InputStream body, PlannedCall plan) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        int chunks = 0;
        boolean done = false;
        boolean error = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            done |= line.equals("data: [DONE]");
            error |= line.startsWith("data: {\"error\"");
            chunks += line.startsWith("data: ") ? 1 : 0;
            if (plan.kind() == Kind.LEFT_MIDWAY && chunks > plan.patience() && !done) {
                return Result.LEFT;
            }
        }
        return error ? Result.FAILED : done ? Result.ANSWERED : Result.BROKEN;
    }

    private static @Nullable JsonNode problem(String text) {
        try {
            return text.isEmpty() ? null : JsonMapper.shared().readTree(text).path("error");
        } catch (JacksonException noJson) {
            return null;
        }
    }

    private static Seen ended(int index, Result result, Instant sent) {
        return new Seen(index, result, null, 0, null, null, sent, Instant.now());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
