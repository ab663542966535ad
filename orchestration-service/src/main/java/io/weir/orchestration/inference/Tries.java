package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.inference.AttemptPricing.Ending;
import io.weir.orchestration.lane.LaneFull;
import io.weir.orchestration.lane.Lanes;
import io.weir.orchestration.lane.Occupancy;
import io.weir.orchestration.lane.Permit;
import io.weir.orchestration.lane.Priority;
import io.weir.orchestration.provider.Circuit;
import io.weir.orchestration.provider.ClientInterest;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.provider.UpstreamAnswer;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Gets one of a call's candidates to answer, one after the other: enters its circuit, holds what it may cost, asks it.
/// Keeps all attempts. For one call, whose steps follow each other; [#abandon] and the getters may come from anywhere.
public final class Tries {

    // As long as most answers are at most; and text has at least so many bytes a token, mostly.
    private static final int USUAL_ANSWER = 512;
    private static final int BYTES_PER_TOKEN = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Tries.class);

    /// An answer that has begun. Its circuit was told so.
    ///
    /// @param sent by [System#nanoTime], when its candidate was asked
    /// @param permit which ends when the answer was read
    public record Begun(
            Candidate candidate, Circuit circuit, Reserved reserved, UpstreamAnswer answer, long sent, Permit permit) {

        /// What the answer used, once that is known.
        void used(Usage usage) {
            long output = usage.buckets().output();
            permit.used(usage.buckets().input() + output, output);
        }
    }

    private final BookedCall call;
    private final CallParts parts;
    private final ClientInterest interest;
    private final BooleanSupplier fixed;
    private final Unanswered unanswered;
    private final Waiting waiting;
    private final Sinks.Empty<UpstreamAnswer> abandoned = Sinks.empty();
    private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    private volatile @Nullable Reserved reserved;
    private volatile Candidate current;
    private volatile @Nullable Permit permit;
    private volatile Occupancy.@Nullable Stay stay;
    private volatile boolean taken;
    private volatile long expected;
    private boolean asked;
    private int holds;

    // Of an attempt that broke after it began: something was consumed.
    private Amount spent = Amount.ZERO;
    private @Nullable Candidate consumer;
    private @Nullable Attempt consumed;
    // What one of them used could not be counted.
    private boolean uncounted;

    /// What an attempt used that was never answered, as far as we can count it: what it sent.
    public interface Unanswered {
        Mono<Usage> measured(Candidate candidate, Reserved reserved);
    }

    /// @param fixed whether the client was told who serves it, so that nobody else can
    public Tries(
            BookedCall call, CallParts parts, ClientInterest interest, BooleanSupplier fixed, Unanswered unanswered) {
        this.call = call;
        this.parts = parts;
        this.interest = interest;
        this.fixed = fixed;
        this.unanswered = unanswered;
        this.waiting = new Waiting(call.plan().candidates(), parts.routing().mostCandidates());
        this.current = call.plan().candidates().getFirst();
    }

    /// The first answer that begins. Fails with what the client is to be told; then [#close] must follow.
    public Mono<Begun> begin() {
        return Mono.defer(() -> {
            try {
                takePlace();
            } catch (LaneFull full) {
                return Mono.error(ProviderFailure.of(full));
            }
            if (call.isSampled()) {
                CallLog.of(
                        call,
                        () -> LOG.info(
                                "Call {} for {} goes to {}",
                                call.requestId(),
                                call.requestedModel(),
                                call.plan().decision().words()));
            }
            return next();
        });
    }

    private void takePlace() {
        TenantId tenant = call.tenant().tenantId();
        stay = parts.fair().occupancy().enter(tenant, Priority.of(call.context()), call.streams());
        expected = expectedTokens(call, current);
        parts.fair().tokens().take(tenant, tokensPerMinute(call.tenant()), expected);
        taken = true;
    }

    /// The tenant's limit; null: it has none.
    public static @Nullable Long tokensPerMinute(TenantSnapshot tenant) {
        TenantSettings.Limits limits = tenant.settings().limits();
        return limits == null ? null : limits.tokensPerMinute();
    }

    /// The next answer, after one that broke before anything of it could be used.
    ///
    /// @param attempt with what it used, numbered as the next one
    Mono<Begun> after(Begun broken, Attempt attempt) {
        return Mono.defer(() -> {
            consumed(broken.candidate(), attempt);
            waiting.failed(broken.candidate(), "broke off", brokeOff(broken.candidate()));
            return next();
        });
    }

    /// Whether somebody waits, and there is more to say than that this one broke off: another candidate, or what became
    /// of those before.
    boolean canGoOn() {
        return !interest.isLost() && (waiting.hasNext() || waiting.failures() > 0);
    }

    private Mono<Begun> next() {
        if (interest.isLost()) {
            return Mono.error(gone());
        }
        Candidate candidate = waiting.next();
        if (candidate == null) {
            return Mono.error(waiting.verdict());
        }
        // First, so that the client's headers either name this one or are seen to be written.
        current = candidate;
        if (asked && (fixed.getAsBoolean() || isTooLate())) {
            return Mono.error(waiting.verdict());
        }
        asked = true;
        return attempt(candidate);
    }

    private boolean isTooLate() {
        return call.elapsedMillis() > parts.routing().fallbackWithin().toMillis();
    }

    private Mono<Begun> attempt(Candidate candidate) {
        Circuit circuit = parts.calls()
                .circuit(candidate.route().provider(), candidate.route().model().model());
        try {
            circuit.refuseWhileShut();
        } catch (ProviderFailure shut) {
            return afterFailure(candidate, shut);
        }
        Permit room = parts.fair().lanes().permit(wish(candidate));
        permit = room;
        interest.whenLost(room::end);
        return room.enter()
                .switchIfEmpty(Mono.error(ProviderFailure::clientLeft))
                .flatMap(entered -> within(candidate, circuit, entered))
                .doOnError(failure -> room.end())
                .onErrorResume(failure ->
                        afterFailure(candidate, failure instanceof LaneFull full ? ProviderFailure.of(full) : failure));
    }

    // What one tenant's calls may use of a provider is less where another provider could serve it.
    private Lanes.Wish wish(Candidate candidate) {
        Provider provider = candidate.route().provider();
        return new Lanes.Wish(
                provider.name(),
                provider.owner(),
                provider.account().id(),
                candidate.route().model().model(),
                call.tenant().tenantId(),
                Priority.of(call.context()),
                expectedTokens(call, candidate),
                call.streams(),
                waiting.hasNext());
    }

    /// Until it is known what was used.
    static long expectedTokens(BookedCall call, Candidate candidate) {
        OutputCeiling ceiling = candidate.ceiling();
        int answer = ceiling.asked() ? ceiling.outputLimit() : Math.min(USUAL_ANSWER, ceiling.outputLimit());
        return Math.min(ceiling.inputBound(), 1L + call.bytesIn() / BYTES_PER_TOKEN)
                + (long) answer * ceiling.choices();
    }

    private Mono<Begun> within(Candidate candidate, Circuit circuit, Permit entered) {
        TenantId tenant = call.tenant().tenantId();
        interest.whenLost(() -> {});
        circuit.enter(tenant);
        return LargeBodies.before(call, hold(candidate))
                .doOnError(refused -> circuit.leave(tenant))
                .flatMap(held -> ask(candidate, circuit, held, entered));
    }

    private Mono<Reserved> hold(Candidate candidate) {
        Reserved before = reserved;
        Mono<Reserved> held = before == null
                ? parts.books().hold(call, candidate)
                : parts.books().extend(call, candidate, candidate.ceiling().after(spent), before, holds);
        return held.doOnNext(now -> {
            reserved = now;
            holds++;
        });
    }

    private Mono<Begun> ask(Candidate candidate, Circuit circuit, Reserved held, Permit entered) {
        long sent = System.nanoTime();
        List<FailedAttempt> failed = new CopyOnWriteArrayList<>();
        ProviderCalls.Call asked = new ProviderCalls.Call(
                circuit,
                call.tenant().tenantId(),
                entered,
                request(candidate, circuit, held),
                call.requestId(),
                interest,
                failed);
        return parts.calls()
                .send(asked)
                .takeUntilOther(abandoned.asMono())
                .switchIfEmpty(Mono.error(Tries::gone))
                .doOnNext(answer -> failed.forEach(one -> note(candidate, one)))
                .onErrorResume(failure -> Flux.fromIterable(failed)
                        .concatMap(one -> one.read() ? price(candidate, held, one) : note(candidate, one))
                        .then(Mono.error(failure)))
                .map(answer -> new Begun(candidate, circuit, held, answer, sent, entered));
    }

    private ProviderRequest request(Candidate candidate, Circuit circuit, Reserved held) {
        try {
            return call.forProvider(candidate, held.outputLimit());
        } catch (RuntimeException untranslatable) {
            circuit.leave(call.tenant().tenantId());
            throw untranslatable;
        }
    }

    private Mono<Attempt> note(Candidate candidate, FailedAttempt failed) {
        Attempt attempt = AttemptPricing.failed(nextNumber(), candidate, failed);
        attempts.add(attempt);
        return Mono.just(attempt);
    }

    // Only the last one of a candidate can have been read without an answer: it is not repeated.
    private Mono<Attempt> price(Candidate candidate, Reserved held, FailedAttempt failed) {
        long sent = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(failed.latencyMs());
        Outcome outcome = interest.isLost() ? Outcome.CANCELLED : Outcome.FAILED;
        return unanswered
                .measured(candidate, held)
                .map(usage -> parts.pricing()
                        .answered(
                                call, nextNumber(), candidate, new Ending(usage, outcome, null, failed.status(), sent)))
                .doOnError(defect -> uncounted = true)
                .doOnNext(attempt -> consumed(candidate, attempt));
    }

    private void consumed(Candidate candidate, Attempt attempt) {
        attempts.add(attempt);
        Reserved held = reserved;
        // Until it is priced it may have cost all that was held for it.
        spent = attempt.unpriced() == null || held == null ? spent.plus(attempt.cost()) : held.ceiling();
        consumer = candidate;
        consumed = attempt;
    }

    private Mono<Begun> afterFailure(Candidate candidate, Throwable failure) {
        if (interest.isLost()) {
            return Mono.error(failure);
        }
        return switch (failure) {
            case ProviderFailure provider
            when allowsAnother(provider) -> {
                waiting.failed(candidate, CallParts.reason(provider), provider);
                yield next();
            }
            case ProviderFailure provider
            when Waiting.Refusal.of(provider.kind()).isPresent() -> {
                waiting.refused(candidate, Waiting.Refusal.of(provider.kind()).orElseThrow(), provider);
                yield next();
            }
            case PlatformException problem
            when problem.type() == ProblemType.BUDGET_EXCEEDED -> {
                waiting.unaffordable(candidate, problem);
                yield next();
            }
            default -> Mono.error(failure);
        };
    }

    /// Not where it is the request that was refused: another provider would refuse it too, or answer what nobody asked.
    private static boolean allowsAnother(ProviderFailure failure) {
        return switch (failure.kind()) {
            case UNREACHABLE, BROKEN, OVERLOADED, UNCERTAIN, SHUT, FULL -> true;
            case NOBODY_WAITS, TOO_LONG, AGAINST_RULES -> false;
            case REFUSED ->
                switch (failure.problem().type()) {
                    case MODEL_NOT_FOUND, PROVIDER_KEY_REFUSED -> true;
                    default -> failure.problem().type().status() >= 500;
                };
        };
    }

    /// The call has ended, however: what it had of what is shared is free.
    void ended() {
        Occupancy.Stay place = stay;
        if (place != null) {
            place.close();
        }
        correctTokens();
        Permit last = permit;
        if (last != null) {
            last.end();
        }
    }

    // Exactly once; what broken attempts used counts, too.
    private void correctTokens() {
        boolean first = taken;
        taken = false;
        if (first) {
            long used = attempts.stream().mapToLong(Tries::tokens).sum() + used();
            parts.fair().tokens().correct(call.tenant().tenantId(), tokensPerMinute(call.tenant()), used - expected);
        }
    }

    private static long tokens(Attempt attempt) {
        return attempt.buckets().input() + attempt.buckets().output();
    }

    private long used() {
        Permit last = permit;
        return last == null ? 0 : last.used();
    }

    /// Nobody waits for an answer that has not begun.
    void abandon() {
        abandoned.tryEmitEmpty();
    }

    /// Settles or releases what is held, after a failure. Empty where nothing is, or where it cannot be told what was
    /// used: then [CallBooks#ended] settles it.
    public Mono<Void> close(Throwable failure) {
        Reserved held = reserved;
        Attempt last = consumed;
        Candidate server = consumer;
        if (held == null || uncounted) {
            return Mono.empty();
        }
        if (last == null || server == null) {
            return parts.books().release(call, held, interest.isLost() ? "client_gone" : CallParts.reason(failure));
        }
        Outcome outcome = interest.isLost() ? Outcome.CANCELLED : Outcome.FAILED;
        Consumption consumption = new Consumption(server, last, attempts, outcome, false, null, 0);
        return parts.books().settle(call, held, consumption).then();
    }

    /// Those before the answer at hand.
    public List<Attempt> attempts() {
        return attempts;
    }

    /// The number of the attempt at hand.
    public int nextNumber() {
        return attempts.size() + 1;
    }

    /// The candidate at hand.
    Candidate current() {
        return current;
    }

    /// How many candidates were left for it.
    public int fallbacks() {
        return waiting.failures();
    }

    /// What the client is told where nothing can be made of an answer that began.
    public static PlatformException brokeOff(Candidate candidate) {
        return new PlatformException(
                ProblemType.UPSTREAM_ERROR,
                candidate.route().provider().title() + " broke off its answer. Try again in a moment.");
    }

    private static PlatformException gone() {
        return new PlatformException(ProblemType.SERVICE_UNAVAILABLE, "The client left.");
    }
}
