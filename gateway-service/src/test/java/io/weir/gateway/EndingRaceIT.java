package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.weir.gateway.Mesh.Account;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A right that ends while answers are being written: each answer is the service's, whole, or a refusal, whole;
/// never some of both.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class EndingRaceIT {

    private static final int CALLERS = 12;
    private static final int CHANGES = 400;
    private static final String ELSEWHERE = "203.0.113.0/24";

    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("spring.cloud.gateway.server.webflux.httpclient.pool.metrics", true)
                .started();
        acme = mesh.account("ending-race");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void anAnswerIsWholeOrRefusedWheneverTheRightEnds() throws Exception {
        race(
                "/v1/models",
                (status, body) -> status == 200
                        ? body.equals("{\"ok\":true}")
                        : status == 403 && code(body, "error").equals("address_not_allowed"));
    }

    @Test
    void soIsATicket() throws Exception {
        race(
                "/ws/tickets",
                (status, body) -> status == 201
                        ? !JsonMapper.shared()
                                .readTree(body)
                                .path("ticket")
                                .asString("")
                                .isEmpty()
                        : status == 403 && code(body, "").equals("address_not_allowed"));
    }

    private interface Whole {
        boolean is(int status, String body);
    }

    private static void race(String path, Whole whole) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger unavailable = new AtomicInteger();
        Queue<String> torn = new ConcurrentLinkedQueue<>();
        Callable<Void> calls = () -> {
            while (!over.get()) {
                HttpResponse<String> answer = call(path, torn);
                if (answer != null) {
                    // A connection to the service may break at any time; the answer that says so is whole, too.
                    if (answer.statusCode() == 503
                            && code(answer.body(), "error").equals("service_unavailable")) {
                        unavailable.incrementAndGet();
                        continue;
                    }
                    (answer.statusCode() < 300 ? answered : refused).incrementAndGet();
                    if (!isWhole(whole, answer)) {
                        torn.add(answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
                    }
                }
            }
            return null;
        };
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Void>> calling = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                calling.add(callers.submit(calls));
            }
            change(over);
            for (Future<Void> one : calling) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        LoggerFactory.getLogger(EndingRaceIT.class)
                .info(
                        "measured: {} answers, {} refusals and {} times 503 on {}, {} torn",
                        answered,
                        refused,
                        unavailable,
                        path,
                        torn.size());
        assertThat(torn).isEmpty();
        assertThat(unavailable.get()).isLessThan(1 + answered.get() / 20);
        assertThat(answered).hasPositiveValue();
        assertThat(refused).hasPositiveValue();
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(connectionsInUse())
                        .as("connections to services")
                        .isZero());
    }

    private static double connectionsInUse() {
        Collection<Gauge> pools = Metrics.globalRegistry
                .get("reactor.netty.connection.provider.active.connections")
                .gauges();
        return pools.stream().mapToDouble(Gauge::value).sum();
    }

    private static void change(AtomicBoolean over) {
        try {
            for (int i = 0; i < CHANGES; i++) {
                if (i % 2 == 0) {
                    mesh.bind(acme, ELSEWHERE);
                } else {
                    mesh.bind(acme);
                }
            }
        } finally {
            over.set(true);
        }
    }

    // A ticket is asked for by POST.
    private static @Nullable HttpResponse<String> call(String path, Queue<String> torn) throws InterruptedException {
        try {
            return path.startsWith("/ws/")
                    ? mesh.post(path, acme.key(), BodyPublishers.noBody())
                    : mesh.get(path, acme.key());
        } catch (IOException cut) {
            torn.add(String.valueOf(cut));
            return null;
        }
    }

    private static boolean isWhole(Whole whole, HttpResponse<String> answer) {
        try {
            return whole.is(answer.statusCode(), answer.body())
                    && answer.headers().firstValue("x-request-id").isPresent();
        } catch (JacksonException torn) {
            return false;
        }
    }

    private static String code(String body, String within) {
        JsonNode json = JsonMapper.shared().readTree(body);
        return (within.isEmpty() ? json : json.path(within)).path("code").asString("");
    }
}
