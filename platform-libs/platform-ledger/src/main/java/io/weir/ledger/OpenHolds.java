package io.weir.ledger;

import io.weir.ledger.ProducerSequences.Producer;
import io.weir.ledger.ProducerSequences.Seen;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The holds of one partition that nobody has resolved yet, by reading it in order. The first resolution of a request
/// counts; a later one, or a renewal after it, changes nothing. For one thread at a time.
public final class OpenHolds {

    // What a late process may still write about its requests is written within hours.
    private static final int RECOVERED_KNOWN = 100_000;

    private final ProducerSequences sequences = ProducerSequences.fromHere();
    private final Map<Request, Open> open = new HashMap<>();
    private final Map<Request, Outcome> recovered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Request, Outcome> eldest) {
            return size() > RECOVERED_KNOWN;
        }
    };

    private record Request(TenantId tenant, String id) {}

    /// A hold in force.
    ///
    /// @param held as it was last renewed or replaced
    /// @param since when the request first held something
    /// @param offset of the request's first hold
    /// @param holder who wrote it last
    public record Open(Held held, Instant since, long offset, Producer holder) {

        public boolean isExpired(Instant at) {
            return !held.expiresAt().isAfter(at);
        }
    }

    /// What a record did.
    public enum Effect {
        OPENED,
        RENEWED,
        RESOLVED,
        /// A resolution after the request's first: dropped, and to be counted.
        DUPLICATE,
        NONE
    }

    /// Takes the partition's next record.
    public Effect apply(long offset, UsageRecord usage, Instant now) {
        if (sequences.observe(usage, now) instanceof Seen.Repeated) {
            return Effect.NONE;
        }
        return switch (usage.data()) {
            case Held held -> held(held, offset, usage);
            case Settled settled -> resolved(settled, settled.outcome());
            case Released released -> resolved(released, null);
            case Tick tick -> Effect.NONE;
        };
    }

    private Effect held(Held held, long offset, UsageRecord usage) {
        Request request = new Request(held.tenantId(), held.requestId());
        if (recovered.containsKey(request)) {
            return Effect.NONE;
        }
        Producer holder = new Producer(usage.producerid(), usage.producerepoch());
        Open before = open.get(request);
        open.put(
                request,
                before == null
                        ? new Open(held, usage.time(), offset, holder)
                        : new Open(held, before.since(), before.offset(), holder));
        return before == null ? Effect.OPENED : Effect.RENEWED;
    }

    private Effect resolved(OfRequest event, @Nullable Outcome outcome) {
        Request request = new Request(event.tenantId(), event.requestId());
        boolean first = open.remove(request) != null;
        if (!first && recovered.containsKey(request)) {
            return Effect.DUPLICATE;
        }
        if (outcome == Outcome.RECOVERED) {
            recovered.put(request, outcome);
        }
        return first ? Effect.RESOLVED : Effect.NONE;
    }

    public Collection<Open> all() {
        return List.copyOf(open.values());
    }

    public int count() {
        return open.size();
    }

    /// Those whose expiry is at or before that instant.
    public List<Open> expired(Instant at) {
        return open.values().stream().filter(hold -> hold.isExpired(at)).toList();
    }

    /// From where a reader must begin that wants to know all of them; empty: there are none.
    public OptionalLong earliestOffset() {
        return open.values().stream().mapToLong(Open::offset).min();
    }

    /// Who writes here.
    public ProducerSequences producers() {
        return sequences;
    }
}
