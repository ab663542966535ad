package io.weir.simulators.stripe.webhook;

import io.netty.buffer.Unpooled;
import io.weir.simulators.stripe.behaviour.Conduct;
import io.weir.simulators.stripe.behaviour.StripeBehaviour;
import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.node.ObjectNode;

/// Sends each event to the endpoints that want it, several at a time and in no promised order. An attempt that is not
/// answered 2xx is repeated with a doubling wait, then given up.
public final class Webhooks implements Events.Announcer, AutoCloseable {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final Duration HOLD = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final int CONNECTIONS = 16;
    private static final int MAX_ATTEMPTS = 8;

    private final InstantSource clock;
    private final Conduct conduct;
    private final WebhookEndpoints endpoints;
    private final Deliveries deliveries;
    private final Duration firstWait;
    private final ConnectionProvider connections = ConnectionProvider.builder("webhooks")
            .maxConnections(CONNECTIONS)
            .pendingAcquireMaxCount(-1)
            .pendingAcquireTimeout(Duration.ofMinutes(2))
            .build();
    private final HttpClient http = HttpClient.create(connections).responseTimeout(ANSWER_LIMIT);
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private List<Job> held = new ArrayList<>();

    /// Sends nothing yet.
    ///
    /// @param firstWait before the second attempt of a delivery
    public Webhooks(
            InstantSource clock,
            Conduct conduct,
            WebhookEndpoints endpoints,
            Deliveries deliveries,
            Duration firstWait) {
        this.clock = clock;
        this.conduct = conduct;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.firstWait = firstWait;
    }

    @Override
    public int interested(String type) {
        return endpoints.wanting(type).size();
    }

    @Override
    public void announce(ObjectNode event) {
        StripeBehaviour behaviour = conduct.current();
        String type = event.path("type").asString();
        String payload = event.toPrettyString();
        for (WebhookEndpoint endpoint : endpoints.wanting(type)) {
            for (int copy = 1; copy <= (behaviour.duplicateWebhooks() ? 2 : 1); copy++) {
                Job job = new Job(Books.idOf(event), type, payload, endpoint, copy);
                note(job, 0, null, null, Delivery.State.PENDING);
                if (behaviour.reorderWebhooks()) {
                    hold(job);
                } else {
                    start(attempt(job, 1));
                }
            }
        }
    }

    /// Gives up everything that is under way.
    @Override
    public void close() {
        closed.tryEmitEmpty();
        connections.dispose();
    }

    private synchronized void hold(Job job) {
        if (held.isEmpty()) {
            start(Mono.delay(HOLD).thenMany(Flux.defer(this::heldNewestFirst)).then());
        }
        held.add(job);
    }

    private synchronized Flux<Void> heldNewestFirst() {
        List<Job> jobs = held.reversed();
        held = new ArrayList<>();
        return Flux.fromIterable(jobs).concatMap(job -> attempt(job, 1));
    }

    private void start(Mono<Void> work) {
        work.takeUntilOther(closed.asMono()).subscribe();
    }

    private Mono<Void> attempt(Job job, int number) {
        return Mono.defer(() -> post(job))
                .map(status -> note(job, number, status, null, stateAfter(number, status)))
                .onErrorResume(failure -> Mono.just(note(job, number, null, failure.toString(), stateAfter(number, 0))))
                .flatMap(state -> state == Delivery.State.PENDING
                        ? Mono.delay(waitAfter(number)).then(attempt(job, number + 1))
                        : Mono.empty());
    }

    private Mono<Integer> post(Job job) {
        long seconds = clock.instant().getEpochSecond();
        return http.headers(headers -> headers.set("content-type", "application/json; charset=utf-8")
                        .set("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                        .set("stripe-signature", WebhookSignature.of(job.payload, job.endpoint.secret(), seconds)))
                .post()
                .uri(job.endpoint.url())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(job.payload.getBytes(StandardCharsets.UTF_8))))
                .responseSingle(
                        (response, body) -> body.thenReturn(response.status().code()))
                .timeout(ANSWER_LIMIT);
    }

    private static Delivery.State stateAfter(int attempts, int status) {
        if (status >= 200 && status < 300) {
            return Delivery.State.DELIVERED;
        }
        return attempts < MAX_ATTEMPTS ? Delivery.State.PENDING : Delivery.State.FAILED;
    }

    private Duration waitAfter(int attempts) {
        Duration doubled = firstWait.multipliedBy(1L << (attempts - 1));
        return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
    }

    private Delivery.State note(
            Job job, int attempts, @Nullable Integer status, @Nullable String failure, Delivery.State state) {
        deliveries.note(new Delivery(
                job.eventId,
                job.type,
                job.endpoint.id(),
                job.endpoint.url(),
                job.copy,
                attempts,
                status,
                failure,
                state,
                clock.instant()));
        return state;
    }

    private record Job(String eventId, String type, String payload, WebhookEndpoint endpoint, int copy) {}
}
