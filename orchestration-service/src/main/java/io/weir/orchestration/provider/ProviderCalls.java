package io.weir.orchestration.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.lane.Permit;
import io.weir.problem.ProblemType;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import io.weir.tenancy.TenantId;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Gets a provider to answer: repeats attempts that consumed nothing, with jitter, and leaves a failing provider alone.
public final class ProviderCalls {

    private static final int ERROR_BYTES = 64 * 1024;
    private static final Duration ERROR_PATIENCE = Duration.ofSeconds(5);
    private static final Duration PROBE_PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_OWN_CIRCUITS = 10_000;
    private static final Duration OWN_CIRCUIT = Duration.ofMinutes(10);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final ProviderClient client;
    private final UpstreamProperties upstream;
    private final CircuitBreakerConfig breakers;
    private final MeterRegistry registry;
    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    // Forgotten when nobody calls by them, for tenants' keys come and go.
    private final Cache<OwnCircuit, Circuit> own = Caffeine.newBuilder()
            .maximumSize(MOST_OWN_CIRCUITS)
            .expireAfterAccess(OWN_CIRCUIT)
            .build();

    private record OwnCircuit(@Nullable TenantId owner, String keyId, String provider, String model) {

        static OwnCircuit of(Provider provider, String model) {
            return new OwnCircuit(provider.owner(), provider.account().id(), provider.name(), model);
        }
    }

    /// @param rules where tenants' own addresses may lead
    public ProviderCalls(UpstreamProperties upstream, BaseUrlRules rules, MeterRegistry registry) {
        this.client = new ProviderClient(upstream, rules);
        this.upstream = upstream;
        this.registry = registry;
        this.breakers = CircuitBreakerConfig.custom()
                .slidingWindowSize(50)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(upstream.openFor())
                .permittedNumberOfCallsInHalfOpenState(3)
                .build();
    }

    /// One request to a provider.
    ///
    /// @param permit that was entered; ended with the answer, where one begins
    /// @param failed where failed attempts are noted, in order; also one that is cancelled and may have consumed
    /// something
    public record Call(
            Circuit circuit,
            TenantId tenant,
            Permit permit,
            ProviderRequest request,
            String requestId,
            ClientInterest interest,
            List<FailedAttempt> failed) {}

    /// Of one model on one account.
    public Circuit circuit(Provider provider, String model) {
        if (provider.account().isTenants()) {
            return own.get(
                    OwnCircuit.of(provider, model),
                    key -> new Circuit(provider, model, CircuitBreaker.of(key.toString(), breakers), registry));
        }
        String name = provider.name() + "/" + model;
        Circuit known = circuits.get(name);
        return known != null
                ? known
                : circuits.computeIfAbsent(
                        name, key -> new Circuit(provider, model, CircuitBreaker.of(key, breakers), registry));
    }

    /// Whether the model is left alone at present at the provider, on that account.
    public boolean isShut(Provider provider, String model) {
        if (!provider.account().isTenants()) {
            return circuit(provider, model).isShut();
        }
        Circuit known = own.getIfPresent(OwnCircuit.of(provider, model));
        return known != null && known.isShut();
    }

    /// How long what is on its way is still read after a client left.
    public Duration drainTimeout() {
        return upstream.drainTimeout();
    }

    /// Whether a stream of that tenant that nobody listens to any more is read to its end.
    public boolean drainsForNobody(TenantSettings tenant) {
        ClientGone own = tenant.clientGone();
        return (own == null ? upstream.clientGone() : own) == ClientGone.DRAIN;
    }

    /// How long a client's stream stays silent until it gets a comment.
    public Duration keepAlive() {
        return upstream.keepAlive();
    }

    /// The beginning of a 2xx answer. Fails with [ProviderFailure]. The circuit must have been entered before.
    public Mono<UpstreamAnswer> send(Call call) {
        return attempt(call, 1);
    }

    /// Asks once, whatever the circuits say, and tells them nothing: how the provider takes the key now. Completes
    /// where it
    /// accepts the request, of whose answer nothing is read. Fails with [ProviderFailure].
    public Mono<Void> probe(Provider provider, ProviderRequest request, String requestId) {
        return Mono.defer(() -> client.send(provider, request, requestId, new ClientInterest(), () -> {}))
                .flatMap(answer -> answer.isSuccess()
                        ? answer.body().take(0).then()
                        : refusal(provider, answer).then())
                .timeout(PROBE_PATIENCE)
                .onErrorMap(
                        failure -> !(failure instanceof ProviderFailure),
                        failure -> ProviderRefusals.ofError(provider, failure));
    }

    private Mono<UpstreamAnswer> attempt(Call call, int n) {
        if (call.interest().isLost()) {
            call.circuit().leave(call.tenant());
            return Mono.error(ProviderRefusals.nobodyWaits());
        }
        long started = System.nanoTime();
        Provider provider = call.circuit().provider();
        call.permit().asks();
        // Sent, and nothing was said to it yet.
        AtomicBoolean pending = new AtomicBoolean();
        return Mono.defer(() -> client.send(
                        provider, call.request(), call.requestId(), call.interest(), () -> pending.set(true)))
                .doOnNext(answer -> pending.set(false))
                .flatMap(answer -> answer.isSuccess() ? Mono.just(answer) : refusal(provider, answer))
                .onErrorMap(
                        failure -> !(failure instanceof ProviderFailure),
                        failure -> ProviderRefusals.ofError(provider, failure))
                .doOnNext(answer -> {
                    call.circuit().succeeded(call.tenant(), System.nanoTime() - started);
                    call.permit().began(answer::header);
                    answer.whenRead(call.permit()::end);
                })
                .doOnCancel(() -> leave(call, n, started, pending.get()))
                .onErrorResume(
                        ProviderFailure.class, failure -> afterFailure(call, n, started, failure, pending.get()));
    }

    private static void leave(Call call, int n, long started, boolean pending) {
        call.circuit().leave(call.tenant());
        if (pending) {
            long nanos = System.nanoTime() - started;
            call.failed().add(new FailedAttempt(n, null, TimeUnit.NANOSECONDS.toMillis(nanos), true));
        }
    }

    private Mono<UpstreamAnswer> afterFailure(
            Call call, int n, long started, ProviderFailure failure, boolean pending) {
        if (call.interest().isLost()) {
            leave(call, n, started, pending);
            return Mono.error(failure);
        }
        long nanos = System.nanoTime() - started;
        call.circuit().failed(call.tenant(), nanos, failure);
        tell(call.permit(), failure);
        boolean read = pending && failure.problem().type() == ProblemType.UPSTREAM_TIMEOUT;
        call.failed().add(new FailedAttempt(n, failure.status(), TimeUnit.NANOSECONDS.toMillis(nanos), read));
        Duration wait = failure.retryAfter() == null ? backoff(n) : failure.retryAfter();
        if (!failure.isRepeatable() || n >= upstream.attempts() || wait.compareTo(LONGEST_WAIT) > 0) {
            return Mono.error(failure);
        }
        return Mono.delay(wait).then(Mono.defer(() -> again(call, n + 1, failure)));
    }

    // What is the tenant's own doing says nothing about what the provider takes.
    private static void tell(Permit permit, ProviderFailure failure) {
        Integer status = failure.status();
        switch (failure.kind()) {
            case OVERLOADED -> {
                if (status != null && status == TOO_MANY_REQUESTS) {
                    permit.limited(failure.retryAfter());
                } else {
                    permit.tooMuch();
                }
            }
            case UNCERTAIN -> permit.tooMuch();
            case UNREACHABLE, BROKEN, REFUSED, TOO_LONG, AGAINST_RULES, SHUT, FULL, NOBODY_WAITS -> {
                // nothing is learned of it
            }
        }
    }

    // The breaker may have opened meanwhile; then the failure at hand says more than its refusal.
    private Mono<UpstreamAnswer> again(Call call, int n, ProviderFailure before) {
        try {
            call.circuit().enter(call.tenant());
        } catch (ProviderFailure shut) {
            return Mono.error(before);
        }
        return attempt(call, n);
    }

    private Duration backoff(int n) {
        long base = upstream.backoff().toMillis() << (n - 1);
        return Duration.ofMillis(base / 2 + ThreadLocalRandom.current().nextLong(base + 1));
    }

    private static Mono<UpstreamAnswer> refusal(Provider provider, UpstreamAnswer answer) {
        return answer.body()
                .scan(new ByteArrayOutputStream(), ProviderCalls::keepStart)
                .takeUntil(kept -> kept.size() >= ERROR_BYTES)
                .takeUntilOther(Mono.delay(ERROR_PATIENCE))
                .onErrorComplete()
                .last(new ByteArrayOutputStream())
                .flatMap(body -> Mono.error(ProviderRefusals.ofStatus(provider, answer, body.toByteArray())));
    }

    private static ByteArrayOutputStream keepStart(ByteArrayOutputStream kept, byte[] bytes) {
        kept.write(bytes, 0, Math.clamp(ERROR_BYTES - kept.size(), 0, bytes.length));
        return kept;
    }
}
