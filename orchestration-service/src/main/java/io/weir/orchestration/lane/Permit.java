package io.weir.orchestration.lane;

import io.weir.orchestration.lane.Lane.Visit;
import io.weir.orchestration.lane.Lane.Wait;
import io.weir.orchestration.lane.Lane.Waiting;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// One call's room at one model: first within the limits of the account, then at the model. Whoever
/// has it must [#end] it, entered or not; all that was taken is then given back once. Safe for use by
/// many threads.
public final class Permit {

    // Answers of so many tokens are what times are compared for.
    private static final long TYPICAL_TOKENS = 100;
    private static final Duration UNTOLD_PAUSE = Duration.ofSeconds(1);

    private final Lanes lanes;
    private final @Nullable Lane account;
    private final ModelLane model;
    private final Visit visit;
    private final LongSupplier clock;

    // Guarded by this object's monitor.
    private boolean inAccount;
    private boolean inModel;
    private boolean asked;
    private boolean over;
    private long sent;
    private long accounted;
    private long used;
    private long took;
    private @Nullable Wait wait;
    private @Nullable MonoSink<Permit> waiting;

    Permit(Lanes lanes, @Nullable Lane account, ModelLane model, Visit visit, LongSupplier clock) {
        this.lanes = lanes;
        this.account = account;
        this.model = model;
        this.visit = visit;
        this.clock = clock;
        this.accounted = visit.tokens();
    }

    /// An answer's headers.
    public interface Headers {
        @Nullable
        String first(String name);
    }

    /// Once; at once where there is room. Fails with [LaneFull] where there will be none in time.
    public Mono<Permit> enter() {
        Lane next = next();
        while (next != null && next.enters(visit.tokens())) {
            entered(next);
            next = next();
        }
        return next == null ? Mono.just(this) : Mono.create(this::queue);
    }

    private synchronized @Nullable Lane next() {
        if (account != null && !inAccount) {
            return account;
        }
        return inModel ? null : model.lane();
    }

    private synchronized boolean entered(Lane lane) {
        if (over) {
            return false;
        }
        wait = null;
        if (lane == account) {
            inAccount = true;
        } else {
            inModel = true;
        }
        return true;
    }

    private void queue(MonoSink<Permit> sink) {
        Lane next = next();
        if (next == null) {
            sink.success(this);
            return;
        }
        try {
            await(next, sink);
        } catch (LaneFull full) {
            end();
            sink.error(full);
        }
    }

    private synchronized void await(Lane lane, MonoSink<Permit> sink) {
        if (over) {
            sink.success();
            return;
        }
        waiting = sink;
        wait = lane.await(visit, new Waiting() {
            @Override
            public void entered() {
                if (Permit.this.entered(lane)) {
                    queue(sink);
                } else {
                    lane.leave(visit.tokens(), true, 0);
                    sink.success();
                }
            }

            @Override
            public void refused(LaneFull why) {
                end();
                sink.error(why);
            }
        });
    }

    /// A request goes to the provider: from now on its part of the limits is spent. Again for each
    /// repetition.
    public void asks() {
        boolean repeated;
        synchronized (this) {
            repeated = asked;
            asked = true;
            sent = clock.getAsLong();
        }
        if (repeated) {
            spent(1, visit.tokens());
        }
    }

    private void spent(int requests, long tokens) {
        if (account != null) {
            account.spent(requests, tokens);
        }
        model.lane().spent(requests, tokens);
    }

    /// The answer begins.
    ///
    /// @param headers of it, by name in small letters
    public void began(Headers headers) {
        lanes.told(model, ToldLimits.read(headers));
        if (visit.stream()) {
            model.slots().began(clock.getAsLong(), sinceSent(), running());
        }
    }

    private synchronized long sinceSent() {
        return took > 0 ? took : Math.max(1, clock.getAsLong() - sent);
    }

    private int running() {
        return model.lane().running();
    }

    /// The provider is asked too often.
    ///
    /// @param retryAfter as it said; null: it did not
    public void limited(@Nullable Duration retryAfter) {
        lanes.pause(model, retryAfter == null ? UNTOLD_PAUSE : retryAfter);
    }

    /// The provider has too much to do, or took too long.
    public void tooMuch() {
        model.slots().tooMuch(clock.getAsLong(), sinceSent(), running());
    }

    /// What was used in the end, in place of what was expected. Also after [#end].
    ///
    /// @param output of them, generated
    public void used(long tokens, long output) {
        long more;
        synchronized (this) {
            used = tokens;
            more = tokens - accounted;
            accounted = tokens;
        }
        spent(0, more);
        if (!visit.stream()) {
            model.slots().came(clock.getAsLong(), forTypical(output), running());
        }
    }

    /// Tokens; 0 where nothing was, or it is not known.
    public synchronized long used() {
        return used;
    }

    private long forTypical(long output) {
        return Math.max(1, (long) ((double) sinceSent() * TYPICAL_TOKENS / (TYPICAL_TOKENS / 2.0 + output)));
    }

    /// Gives back what is held, and waits no longer. What no request was sent for is not spent. Any
    /// further time nothing happens.
    public void end() {
        Wait waited;
        MonoSink<Permit> told;
        boolean leavesAccount;
        boolean leavesModel;
        boolean unused;
        long nanos;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            waited = wait;
            told = waiting;
            leavesAccount = inAccount;
            leavesModel = inModel;
            unused = !asked;
            nanos = asked ? sinceSent() : 0;
            took = nanos;
        }
        if (waited != null && waited.leave() && told != null) {
            told.success();
        }
        if (leavesModel) {
            model.lane().leave(visit.tokens(), unused, nanos);
        }
        if (leavesAccount && account != null) {
            account.leave(visit.tokens(), unused, nanos);
        }
    }
}
