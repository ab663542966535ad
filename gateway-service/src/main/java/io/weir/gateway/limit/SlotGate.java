package io.weir.gateway.limit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/// One tenant's slots at this instance: it holds some of the limit's, takes more when it needs them, and gives back
/// what it has not needed for a while. Safe for several threads; the lock is held for some additions.
///
/// INVARIANT: of what all instances hold the store admits no more than the limit, and calls begin only on held slots.
/// What is kept free is given back as soon as another instance has too few, and that is known within a second.
/// Redis unreachable: each instance lets its share run, the limit divided by the instances, at least one.
final class SlotGate {

    // Of its share of the limit an instance keeps this part free at hand.
    private static final int SPARE_OF_SHARE = 8;
    // Between two questions for slots of a limit that is used up.
    private static final long PAUSE = 20_000;

    private final String key;
    private final LimitStore store;
    private final Peers peers;
    private final LimitCounters counters;
    private final LongSupplier micros;
    private final Scheduler workers;
    private final Set<Slot> waiting = new LinkedHashSet<>();
    private int limit;
    private int held;
    private int inUse;
    private int asked;
    private boolean asking;
    private boolean retired;
    private boolean shortage;
    private long fullUntil;

    SlotGate(
            String key, LimitStore store, Peers peers, LimitCounters counters, LongSupplier micros, Scheduler workers) {
        this.key = key;
        this.store = store;
        this.peers = peers;
        this.counters = counters;
        this.micros = micros;
        this.workers = workers;
        this.fullUntil = micros.getAsLong();
    }

    private record Answer(MonoSink<Boolean> to, boolean free) {}

    /// Whether the slot is the caller's; it must be released in the end, whatever the answer. Null where this gate is
    /// no longer in use.
    @Nullable
    Mono<Boolean> enter(Slot slot, int ofLimit) {
        synchronized (this) {
            if (retired) {
                return null;
            }
            limit = ofLimit;
            slot.gate = this;
            Boolean free = decided(slot);
            if (free != null) {
                return Mono.just(free);
            }
            slot.stage = Slot.Stage.WAITING;
            waiting.add(slot);
        }
        return Mono.<Boolean>create(sink -> await(slot, sink)).publishOn(workers);
    }

    // Null where the others must be asked.
    private @Nullable Boolean decided(Slot slot) {
        boolean reachable = peers.isReachable();
        int mayRun = reachable ? Math.min(held, limit) : Math.min(limit, Math.max(1, limit / peers.instances()));
        if (inUse < mayRun) {
            inUse++;
            slot.stage = Slot.Stage.HELD;
            return true;
        }
        boolean full = !reachable || inUse >= limit || micros.getAsLong() < fullUntil;
        if (full) {
            slot.stage = Slot.Stage.GONE;
            counters.full().increment();
            return false;
        }
        return null;
    }

    private void await(Slot slot, MonoSink<Boolean> sink) {
        int wanted = -1;
        Slot.Stage stage;
        synchronized (this) {
            slot.waiting = sink;
            stage = slot.stage;
            if (stage == Slot.Stage.WAITING && !asking) {
                wanted = ask();
            }
        }
        if (stage != Slot.Stage.WAITING) {
            sink.success(stage == Slot.Stage.HELD);
        }
        send(wanted);
    }

    void release(Slot slot) {
        int wanted = -1;
        synchronized (this) {
            if (slot.stage == Slot.Stage.WAITING) {
                waiting.remove(slot);
            } else if (slot.stage == Slot.Stage.HELD) {
                inUse--;
                if (held - inUse > 2 * spare() && !asking && waiting.isEmpty() && peers.isReachable()) {
                    wanted = ask();
                }
            }
            slot.stage = Slot.Stage.GONE;
        }
        send(wanted);
    }

    /// Asks for what is in use, so that it stays held; false where nothing is, and this gate is to be forgotten.
    boolean renewed() {
        int wanted = -1;
        synchronized (this) {
            if (held == 0 && inUse == 0 && waiting.isEmpty() && !asking) {
                retired = true;
                return false;
            }
            if (!asking && peers.isReachable()) {
                wanted = ask();
            }
        }
        send(wanted);
        return true;
    }

    private int ask() {
        asking = true;
        int needed = inUse + waiting.size();
        asked = needed == 0 ? 0 : Math.min(limit, needed + spare());
        // What is given back may be another's before the answer comes.
        held = Math.min(held, asked);
        return asked;
    }

    private int spare() {
        return shortage ? 0 : limit / (SPARE_OF_SHARE * peers.instances());
    }

    private void send(int wanted) {
        if (wanted >= 0) {
            store.hold(key, peers.self(), limit, wanted).subscribe(this::answered, this::failed);
        }
    }

    private void answered(Held now) {
        counters.answered().increment();
        List<Answer> answers;
        int wanted = -1;
        synchronized (this) {
            asking = false;
            held = now.slots();
            shortage = now.isShort();
            if (held < asked) {
                fullUntil = micros.getAsLong() + PAUSE;
            }
            answers = decideWaiting();
            if (!waiting.isEmpty() || (shortage && held > inUse)) {
                wanted = ask();
            }
        }
        answers.forEach(answer -> answer.to().success(answer.free()));
        send(wanted);
    }

    private void failed(Throwable failure) {
        counters.failed().increment();
        peers.away(failure);
        List<Answer> answers;
        synchronized (this) {
            asking = false;
            answers = decideWaiting();
        }
        answers.forEach(answer -> answer.to().success(answer.free()));
    }

    private List<Answer> decideWaiting() {
        List<Answer> answers = new ArrayList<>();
        Iterator<Slot> first = waiting.iterator();
        while (first.hasNext()) {
            Slot slot = first.next();
            Boolean free = decided(slot);
            if (free == null) {
                break;
            }
            first.remove();
            // One that has no sink yet sees its stage when it gets one.
            if (slot.waiting != null) {
                answers.add(new Answer(Objects.requireNonNull(slot.waiting), free));
            }
        }
        return answers;
    }
}
