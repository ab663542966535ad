package io.weir.gateway.limit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// What instances share, in one process and at a time that a test turns. Buckets are Java's twin of the script.
final class MemoryLimitStore implements LimitStore {

    private static final long SHORT = 2_000_000;

    private record Answer(long due, Grant grant, Sinks.One<Grant> to) {}

    private final Map<String, PermitBucket> buckets = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, Map<String, Integer>> slots = new HashMap<>();
    private final Map<String, Long> shortAt = new HashMap<>();
    private final Set<String> instances = new HashSet<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final long latency;
    long now;
    int asked;
    boolean away;
    /// Counts, and does not answer.
    boolean mute;

    /// @param latency of answers, in microseconds
    MemoryLimitStore(long latency) {
        this.latency = latency;
    }

    @Override
    public Mono<Grant> take(String key, Claim claim) {
        return Mono.defer(() -> {
            asked++;
            if (away) {
                return Mono.error(new IllegalStateException("away"));
            }
            Grant grant =
                    buckets.computeIfAbsent(key, absent -> new PermitBucket()).take(now, claim);
            if (latency == 0) {
                return Mono.just(grant);
            }
            Answer answer = new Answer(now + latency, grant, Sinks.one());
            answers.add(answer);
            return answer.to().asMono();
        });
    }

    /// Turns the time, and gives the answers that are due until then, each at its time.
    void advanceTo(long time) {
        while (!answers.isEmpty() && answers.getFirst().due() <= time) {
            Answer due = answers.removeFirst();
            now = due.due();
            due.to().tryEmitValue(due.grant()).orThrow();
        }
        now = time;
    }

    @Override
    public Mono<Grant> count(String key, Count count) {
        return Mono.fromSupplier(() -> {
            asked++;
            if (away) {
                throw new IllegalStateException("away");
            }
            if (mute) {
                counted(key, count);
                throw new IllegalStateException("no answer came");
            }
            return counted(key, count);
        });
    }

    private Grant counted(String key, Count count) {
        long used = Math.max(0, counts.getOrDefault(key, 0L) + count.spent());
        int granted = Math.clamp(count.limit() - used, 0, count.wanted());
        counts.put(key, used + granted);
        return new Grant(granted, (int) Math.max(0, count.limit() - used - granted), 0);
    }

    @Override
    public Mono<Held> hold(String key, String instance, int limit, int wanted) {
        return Mono.fromSupplier(() -> {
            asked++;
            if (away) {
                throw new IllegalStateException("away");
            }
            Map<String, Integer> held = slots.computeIfAbsent(key, absent -> new HashMap<>());
            held.remove(instance);
            int others = held.values().stream().mapToInt(Integer::intValue).sum();
            int now = Math.clamp(wanted, 0, Math.max(0, limit - others));
            held.put(instance, now);
            if (now < wanted) {
                shortAt.put(key, this.now);
            }
            return new Held(now, this.now - shortAt.getOrDefault(key, -SHORT) < SHORT);
        });
    }

    @Override
    public Mono<Integer> present(String instance) {
        return Mono.fromSupplier(() -> {
            if (away) {
                throw new IllegalStateException("away");
            }
            instances.add(instance);
            return instances.size();
        });
    }

    @Override
    public Mono<Void> leave(String instance) {
        return Mono.fromRunnable(() -> instances.remove(instance));
    }
}
