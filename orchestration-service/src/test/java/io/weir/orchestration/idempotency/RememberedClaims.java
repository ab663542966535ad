package io.weir.orchestration.idempotency;

import io.weir.orchestration.idempotency.Claims.Found.Answered;
import io.weir.orchestration.idempotency.Claims.Found.Free;
import io.weir.orchestration.idempotency.Claims.Found.NotKept;
import io.weir.orchestration.idempotency.Claims.Found.OtherRequest;
import io.weir.orchestration.idempotency.Claims.Found.Running;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Claims in the memory of one test. They can go away, and count how often they were asked.
final class RememberedClaims implements Claims {

    /// @param end null: it runs
    record Held(Claim claim, @Nullable Found end, long until) {}

    private final Map<String, Held> held;
    private final Duration lives;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;

    RememberedClaims(Map<String, Held> held, Duration lives) {
        this.held = held;
        this.lives = lives;
    }

    RememberedClaims() {
        this(new ConcurrentHashMap<>(), Duration.ofSeconds(30));
    }

    void goAway() {
        away = true;
    }

    int asked() {
        return asked.get();
    }

    private <T> Mono<T> when(Supplier<T> there) {
        return Mono.defer(() -> {
            asked.incrementAndGet();
            return away ? Mono.error(new IllegalStateException("away")) : Mono.fromSupplier(there);
        });
    }

    private synchronized @Nullable Held current(Claim claim) {
        return held.computeIfPresent(claim.name(), (name, was) -> was.until() > System.nanoTime() ? was : null);
    }

    private void put(Claim claim, @Nullable Found end) {
        long until = System.nanoTime() + (end == null ? lives : Duration.ofHours(1)).toNanos();
        held.put(claim.name(), new Held(claim, end, until));
    }

    @Override
    public Mono<Found> claim(Claim claim) {
        return when(() -> found(claim));
    }

    private synchronized Found found(Claim claim) {
        Held was = current(claim);
        if (was == null) {
            put(claim, null);
            return new Free();
        }
        if (!was.claim().fingerprint().equals(claim.fingerprint())) {
            return new OtherRequest(was.claim().requestId());
        }
        Found end = was.end();
        return end == null ? new Running(was.claim().requestId()) : end;
    }

    private synchronized boolean end(Claim claim, @Nullable Found end) {
        Held was = current(claim);
        if (was != null && !was.claim().owner().equals(claim.owner())) {
            return false;
        }
        if (end != null || was == null || was.end() == null) {
            put(claim, end);
        }
        return true;
    }

    @Override
    public Mono<Boolean> renew(Claim claim) {
        return when(() -> end(claim, null));
    }

    @Override
    public Mono<Boolean> keep(Claim claim, KeptAnswer answer) {
        return when(() -> end(claim, new Answered(claim.requestId(), answer)));
    }

    @Override
    public Mono<Boolean> mark(Claim claim, Reason why) {
        return when(() -> end(claim, new NotKept(claim.requestId(), why)));
    }

    @Override
    public Mono<Void> release(Claim claim) {
        return when(() -> held.computeIfPresent(
                        claim.name(), (name, was) -> was.claim().owner().equals(claim.owner()) ? null : was))
                .then();
    }
}
