package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Numbers each tenant's outcomes. A number depends on nothing but what stands before it in the partition, so
/// that a chunk rebuilt after a crash gives the same rows. Confined to the ingestion thread.
final class OutcomeSequences {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int REMEMBERED = 100_000;

    private final KnownOutcomes known;
    // Of chunks that are stored for good, since this instance reads these partitions; else ClickHouse is asked.
    private final Map<TenantId, Long> last = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TenantId, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    OutcomeSequences(KnownOutcomes known) {
        this.known = known;
    }

    /// Another instance may have numbered since.
    void forget() {
        last.clear();
    }

    /// Throws `ClickHouseException` when it does not answer.
    ///
    /// @param requests those of the chunk that came to an end
    Numbering of(Chunk chunk, Collection<Request> requests) {
        Map<Request, Set<Kind>> before = new HashMap<>();
        Objects.requireNonNull(
                        known.of(requests.stream().map(Request::id).distinct().toList())
                                .block(LIMIT))
                .stream()
                .filter(stored -> stored.isBefore(chunk.log(), chunk.partition(), chunk.from()))
                .forEach(stored -> kinds(before, stored.request()).add(stored.kind()));
        return new Numbering(chunk, before, lastBefore(chunk, requests));
    }

    private Map<TenantId, Long> lastBefore(Chunk chunk, Collection<Request> requests) {
        Set<TenantId> tenants = requests.stream().map(Request::tenant).collect(Collectors.toSet());
        Map<TenantId, Long> reached = new HashMap<>();
        List<TenantId> unknown =
                tenants.stream().filter(tenant -> !last.containsKey(tenant)).toList();
        tenants.forEach(tenant -> reached.put(tenant, last.getOrDefault(tenant, 0L)));
        Objects.requireNonNull(known.lastBefore(unknown, chunk.log(), chunk.partition(), chunk.from())
                        .block(LIMIT))
                .forEach(found -> reached.put(found.tenant(), found.seq()));
        return reached;
    }

    private static Set<Kind> kinds(Map<Request, Set<Kind>> before, Request request) {
        return before.computeIfAbsent(request, absent -> EnumSet.noneOf(Kind.class));
    }

    /// The numbers of one chunk.
    final class Numbering {

        private final Chunk chunk;
        private final Map<Request, Set<Kind>> before;
        private final Map<TenantId, Long> reached;

        private Numbering(Chunk chunk, Map<Request, Set<Kind>> before, Map<TenantId, Long> reached) {
            this.chunk = chunk;
            this.before = before;
            this.reached = reached;
        }

        /// In the order of the partition. Empty where it changes nothing.
        Optional<RenderedRow> row(long offset, Outcome outcome) {
            Set<Kind> earlier = kinds(before, outcome.request());
            Standing standing = Standing.of(outcome.kind(), earlier);
            if (standing == Standing.REPEATED) {
                return Optional.empty();
            }
            earlier.add(outcome.kind());
            boolean counted = standing == Standing.FIRST;
            long seq = reached.merge(outcome.request().tenant(), counted ? 1L : 0L, Long::sum);
            return Optional.of(UsageRows.outcome(chunk, offset, outcome, seq, counted));
        }

        /// To be called once the chunk is stored for good.
        void stored() {
            last.putAll(reached);
        }
    }
}
