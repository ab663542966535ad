package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.inference.StreamBooking.Delivery;
import io.weir.orchestration.inference.StreamBooking.Settlement;
import io.weir.orchestration.inference.Tries.Begun;
import io.weir.orchestration.provider.ClientInterest;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// One call whose answer is streamed. Reads the provider by itself, apart from the client's subscription, so that a
/// client that leaves changes what is sent, never what is settled.
///
/// The client's answer begins with the first event that proves good; until then another candidate can take over, and a
/// failure is an answer of its own status. If that takes long, the answer begins with a comment, which fixes who serves
/// it, and a failure is an event. `[DONE]` follows the settlement.
final class StreamCall implements RunningCall {

    private static final byte[] NOTHING = {};

    private final Call call;
    private final CallParts parts;
    private final ClientStream client;
    private final ClientInterest interest = new ClientInterest();
    private final Tries tries;
    private final StreamBooking booking;
    private final AnswerTap tap;
    // Read to its end when its client leaves.
    private final boolean drains;

    // Guarded by this object's monitor.
    private @Nullable ProviderStream current;
    private boolean ended;
    private @Nullable Long timeToFirstToken;

    StreamCall(Call call, CallParts parts) {
        this.call = call;
        this.parts = parts;
        this.tap = AnswerTap.of(call);
        this.drains = parts.calls().drainsForNobody(call.tenant().settings());
        this.client = new ClientStream(
                this::failed, this::clientGone, this::clientTook, parts.calls().keepAlive());
        this.tries = new Tries(call, parts, interest, client::hasBegun, StreamBooking.unanswered(call, parts));
        this.booking = new StreamBooking(call, parts, tries);
    }

    /// The client's stream, once there is something to say. Cancelling says that the client left.
    Mono<ClientStream> run() {
        return Mono.create(waiting -> {
            parts.open().begin();
            client.begin(waiting);
            await(tries.begin());
        });
    }

    /// Who serves the call, or is just being asked.
    Candidate serving() {
        return tries.current();
    }

    /// How many candidates were left for it.
    int fallbacks() {
        return tries.fallbacks();
    }

    private void await(Mono<Begun> beginning) {
        book(beginning).subscribe(this::begin, this::unanswered);
    }

    private void unanswered(Throwable failure) {
        if (end()) {
            book(tries.close(failure))
                    .subscribe(done -> {}, unbooked -> finishWith(failure), () -> finishWith(failure));
        }
    }

    private void begin(Begun begun) {
        try {
            read(begun);
        } catch (RuntimeException defect) {
            lost(defect);
        }
    }

    private void read(Begun begun) {
        AnswerIdentity identity = call.identity(begun.candidate());
        ProviderDialect dialect = begun.candidate().route().provider().dialect();
        boolean passes = call.isNativeTo(begun.candidate());
        ProviderStream stream = new ProviderStream(
                begun,
                new ChatStream(
                        call.request().includeUsage(),
                        passes ? dialect.nativeStream(identity) : dialect.stream(identity)),
                passes ? call.asked().nativeStream(identity) : call.asked().stream(identity),
                new OutputWatch(UsageMeasure.mostTokens(call, begun.candidate(), begun.reserved())),
                this::received,
                this::providerEnded,
                this::broke);
        synchronized (this) {
            current = stream;
            tap.begins();
        }
        parts.books().watch(call, this);
        begun.answer().body().subscribe(stream);
        if (interest.isLost()) {
            readOut(stream);
        }
    }

    private void clientTook() {
        ProviderStream reading = reading();
        if (reading != null) {
            reading.more();
        }
    }

    private synchronized @Nullable ProviderStream reading() {
        return current;
    }

    /// What was on its way when the client left is still read, for the provider has counted it.
    private void clientGone() {
        ProviderStream reading;
        synchronized (this) {
            if (interest.isLost() || ended) {
                return;
            }
            reading = current;
            if (drains) {
                interest.lose();
            } else {
                interest.withdraw();
            }
        }
        readOut(reading);
    }

    private void readOut(@Nullable ProviderStream reading) {
        if (reading != null) {
            reading.everything();
        }
        if (drains) {
            return;
        }
        Schedulers.parallel()
                .schedule(this::drained, parts.calls().drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void drained() {
        ProviderStream reading = reading();
        if (reading == null) {
            tries.abandon();
        } else if (!drains) {
            reading.cancel();
            settle(reading, Outcome.CANCELLED);
        }
    }

    private void received(ProviderStream from, byte[] bytes) {
        byte[] out = read(from, bytes);
        if (out.length > 0) {
            client.send(out);
        } else {
            from.more();
        }
        if (from.fault() != null) {
            from.cancel();
            settle(from, Outcome.FAILED);
        } else if (from.chat().failure() != null) {
            from.cancel();
            broke(from);
        } else if (from.chat().isDone()) {
            providerEnded(from);
        } else {
            watch(from);
        }
    }

    private void watch(ProviderStream from) {
        Produced grown = grown(from);
        if (grown != null) {
            parts.measure()
                    .tokens(grown)
                    .filter(tokens -> hasPassedCeiling(from, tokens, grown.bound()))
                    .subscribe(tokens -> cutOff(from), uncounted -> countAgain(from));
        }
    }

    private synchronized @Nullable Produced grown(ProviderStream from) {
        Produced produced = from.chat().produced();
        return !ended && from == current && from.output().isDue(produced.bound()) ? produced.copy() : null;
    }

    private synchronized boolean hasPassedCeiling(ProviderStream from, long tokens, long bound) {
        return from.output().exceeded(tokens, bound);
    }

    private synchronized void countAgain(ProviderStream from) {
        from.output().uncounted();
    }

    private void cutOff(ProviderStream from) {
        from.cancel();
        settle(from, Outcome.CUT_OFF);
    }

    @Override
    public void expired() {
        ProviderStream reading = reading();
        if (reading == null) {
            return;
        }
        if (hasBegun(reading)) {
            cutOff(reading);
            return;
        }
        // Where nothing came there is no answer that could end early.
        reading.cancel();
        reading.ends(new PlatformException(
                ProblemType.UPSTREAM_TIMEOUT,
                reading.begun().candidate().route().provider().name()
                        + " said nothing for as long as the call's money could be held. Try again."));
        settle(reading, Outcome.FAILED);
    }

    private synchronized boolean hasBegun(ProviderStream from) {
        return from.chat().hasBegun();
    }

    @Override
    public Mono<Amount> measured() {
        ProviderStream reading = reading();
        return reading == null ? Mono.empty() : measuredOf(reading);
    }

    private synchronized Mono<Amount> measuredOf(ProviderStream from) {
        return booking.soFar(from);
    }

    // Once the call ended its numbers stand, whatever still comes.
    private synchronized byte[] read(ProviderStream from, byte[] bytes) {
        byte[] out = ended || from != current ? NOTHING : frames(from, bytes);
        if (out.length > 0 && timeToFirstToken == null) {
            timeToFirstToken = call.elapsedMillis();
        }
        return out;
    }

    // What cannot be written for the client was well said by the provider.
    private byte[] frames(ProviderStream from, byte[] bytes) {
        byte[] chunks = from.chat().feed(bytes);
        tap.chunks(chunks);
        try {
            return from.frames().sent(bytes, chunks);
        } catch (RuntimeException unwritable) {
            from.ends(unwritable);
            return NOTHING;
        }
    }

    private static byte[] framed(ProviderStream from, byte[] chunks) {
        return chunks.length == 0 ? chunks : from.frames().chunks(chunks);
    }

    private void providerEnded(ProviderStream from) {
        if (from.chat().isWhole() && from.chat().failure() == null) {
            settle(from, Outcome.COMPLETED);
        } else {
            broke(from);
        }
    }

    private void broke(ProviderStream from) {
        if (from.isUnread()) {
            settle(from, Outcome.CANCELLED);
            return;
        }
        // Asked before this object's monitor is taken, since the client's stream calls back while it holds its own.
        if (client.hasBegun() || !leave(from)) {
            settle(from, Outcome.FAILED);
            return;
        }
        from.begun().circuit().brokeOff(call.tenant().tenantId());
        book(booking.used(from).map(usage -> booking.attempt(from, usage, Outcome.FAILED)))
                .subscribe(attempt -> await(tries.after(from.begun(), attempt)), this::lost);
    }

    // What it used cannot be told, so that it must not be released.
    private void lost(Throwable defect) {
        if (end()) {
            finishWith(defect);
        }
    }

    /// True once per stream, when another candidate may take over: nobody has seen anything of this one.
    private synchronized boolean leave(ProviderStream from) {
        boolean left = !ended && from == current && tries.canGoOn();
        if (left) {
            current = null;
        }
        return left;
    }

    /// True once: whoever gets it books the call.
    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private synchronized boolean end(ProviderStream from) {
        return from == current && end();
    }

    private void settle(ProviderStream from, Outcome seen) {
        if (!end(from)) {
            return;
        }
        Outcome outcome = interest.isLost() ? Outcome.CANCELLED : seen;
        if (outcome == Outcome.FAILED && from.fault() == null) {
            from.begun().circuit().brokeOff(call.tenant().tenantId());
        }
        book(booking.used(from).flatMap(usage -> booking.settle(from, usage, outcome, delivery())))
                .subscribe(settlement -> finishWith(from, outcome, settlement), this::finishWith);
    }

    private Delivery delivery() {
        return new Delivery(client.hasBegun(), firstToken(), client.count());
    }

    private synchronized @Nullable Long firstToken() {
        return timeToFirstToken;
    }

    private <T> Mono<T> book(Mono<T> booking) {
        return booking.contextWrite(context -> context.putAll(call.context()));
    }

    private void finishWith(ProviderStream from, Outcome outcome, Settlement settlement) {
        switch (outcome) {
            case COMPLETED -> finishWhole(from, NOTHING, settlement);
            case FAILED -> finishWith(brokenOff(from));
            case CANCELLED -> finishCancelled();
            case CUT_OFF -> {
                finishWhole(from, from.chat().endings(), settlement);
            }
            case RECOVERED -> finish();
        }
    }

    private void finishWhole(ProviderStream from, byte[] endings, Settlement settlement) {
        client.send(last(from, endings, settlement));
        finish();
    }

    private synchronized byte[] last(ProviderStream from, byte[] endings, Settlement settlement) {
        ByteArrayOutputStream last = new ByteArrayOutputStream();
        last.writeBytes(framed(from, endings));
        if (call.request().includeUsage()) {
            String cost = settlement.cost().toPlainString();
            last.writeBytes(framed(from, from.chat().usageChunk(settlement.told(), cost)));
        }
        last.writeBytes(from.frames().end());
        return last.toByteArray();
    }

    private void finishCancelled() {
        if (interest.isLost()) {
            finish();
        } else {
            finishWith(new PlatformException(
                    ProblemType.UPSTREAM_TIMEOUT,
                    "Too little of the answer was read for too long. Read it as it comes, and try again."));
        }
    }

    private static RuntimeException brokenOff(ProviderStream from) {
        RuntimeException fault = from.fault();
        if (fault != null) {
            return fault;
        }
        String why = from.chat().failure();
        return new PlatformException(
                ProblemType.UPSTREAM_ERROR,
                from.begun().candidate().route().provider().name()
                        + (why == null ? " broke off the answer" : " failed: " + why) + ". Try again in a moment.");
    }

    // Within the monitor of the client's stream.
    private synchronized byte[] failed(StreamFailure failure) {
        ProviderStream from = current;
        Optional<byte[]> own = from == null ? Optional.empty() : from.frames().failure(failure);
        return own.orElseGet(() -> call.asked().failure(failure));
    }

    private void finishWith(Throwable failure) {
        try {
            client.fail(failure, call.requestId());
        } finally {
            ended();
        }
    }

    private void finish() {
        client.complete();
        ended();
    }

    private void ended() {
        tries.ended();
        parts.books().ended(call);
        parts.open().end();
    }
}
