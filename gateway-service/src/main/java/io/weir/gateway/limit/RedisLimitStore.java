package io.weir.gateway.limit;

import java.time.Duration;
import java.util.List;
import org.redisson.api.RedissonClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// In Redis, by its own clock: those of the instances need not agree. Each key is one hash slot's (`{tenant}`), each
/// script has one key.
final class RedisLimitStore implements LimitStore {

    private static final String INSTANCES = "weir:limit:instances";
    private static final long GONE_AFTER_MS = 6_000;
    private static final int HELD_SECONDS = 10;
    // Instances ask every second.
    private static final int SHORT_SECONDS = 2;
    // Beyond a window's end: clocks of gateways need not agree.
    private static final int KEPT_SECONDS = 3_600;
    // Numbers since 2023, so that a double has them to a hundredth of a microsecond.
    private static final String NOW = """
            local time = redis.call('TIME')
            local now = (tonumber(time[1]) - 1700000000) * 1000000 + tonumber(time[2])
            """;
    private static final Script TAKE = new Script(NOW + """
            local interval, depth = tonumber(ARGV[1]), tonumber(ARGV[2])
            local wanted, spent = tonumber(ARGV[3]), tonumber(ARGV[4])
            if ARGV[5] then now = tonumber(ARGV[5]) end
            local empty = now + depth * interval
            local at = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), empty)
            at = math.min(math.max(at + spent * interval, now), empty)
            local free = math.floor((empty - at) / interval + 0.000001)
            local granted = math.max(0, math.min(wanted, free))
            local full = at + granted * interval
            redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
            local wait = 0
            if granted == 0 then wait = math.ceil(math.max(0, at + interval - empty)) end
            return {granted, free - granted, wait}
            """);
    private static final Script COUNT = new Script("""
            local used = tonumber(redis.call('GET', KEYS[1]) or '0') + tonumber(ARGV[3])
            local limit = tonumber(ARGV[1])
            used = math.max(0, used)
            local granted = math.max(0, math.min(tonumber(ARGV[2]), limit - used))
            redis.call('SET', KEYS[1], string.format('%.0f', used + granted), 'EXAT', ARGV[4])
            return {granted, math.min(2147483647, math.max(0, limit - used - granted)), 0}
            """);
    private static final Script HOLD = new Script("""
            local time = redis.call('TIME')
            local now = tonumber(time[1])
            local others, short = 0, 0
            local all = redis.call('HGETALL', KEYS[1])
            for i = 1, #all, 2 do
                local slots, said = string.match(all[i + 1], '(%d+):(%d+)')
                if now - tonumber(said) > tonumber(ARGV[4]) then
                    redis.call('HDEL', KEYS[1], all[i])
                elseif all[i] ~= ARGV[1] then
                    others = others + tonumber(slots)
                    if all[i] == 'short' and now - tonumber(said) <= tonumber(ARGV[5]) then short = 1 end
                end
            end
            local wanted = tonumber(ARGV[3])
            local held = math.max(0, math.min(wanted, tonumber(ARGV[2]) - others))
            if held < wanted then
                redis.call('HSET', KEYS[1], 'short', string.format('0:%d', now))
                short = 1
            end
            if held == 0 then
                redis.call('HDEL', KEYS[1], ARGV[1])
            else
                redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d', held, now))
            end
            redis.call('EXPIRE', KEYS[1], 2 * tonumber(ARGV[4]))
            return {held, short}
            """);
    private static final Script PRESENT = new Script("""
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
            return {redis.call('ZCARD', KEYS[1])}
            """);
    private static final Script LEAVE = new Script("""
            return {redis.call('ZREM', KEYS[1], ARGV[1])}
            """);

    private final RedissonClient redis;
    private final Scheduler threads;
    private final Duration within;
    private final String prefix;

    /// @param threads that may wait: the client connects on the thread that asks first
    /// @param within the time that an answer may take
    /// @param prefix before every key
    RedisLimitStore(RedissonClient redis, Scheduler threads, Duration within, String prefix) {
        this.redis = redis;
        this.threads = threads;
        this.within = within;
        this.prefix = prefix;
    }

    @Override
    public Mono<Grant> take(String key, Claim claim) {
        return run(
                        TAKE,
                        "weir:limit:" + key,
                        Double.toString(claim.intervalMicros()),
                        Double.toString(claim.depth()),
                        claim.wanted(),
                        claim.spent())
                .map(RedisLimitStore::grant);
    }

    /// As [#take], at a time of one's own, in microseconds.
    Mono<Grant> takeAt(String key, Claim claim, long now) {
        return run(
                        TAKE,
                        "weir:limit:" + key,
                        Double.toString(claim.intervalMicros()),
                        Double.toString(claim.depth()),
                        claim.wanted(),
                        claim.spent(),
                        now)
                .map(RedisLimitStore::grant);
    }

    @Override
    public Mono<Grant> count(String key, Count count) {
        return run(
                        COUNT,
                        "weir:limit:" + key,
                        count.limit(),
                        count.wanted(),
                        count.spent(),
                        count.ends() + KEPT_SECONDS)
                .map(RedisLimitStore::grant);
    }

    @Override
    public Mono<Held> hold(String key, String instance, int limit, int wanted) {
        return run(HOLD, "weir:limit:" + key, instance, limit, wanted, HELD_SECONDS, SHORT_SECONDS)
                .map(held -> new Held(Math.toIntExact(held.getFirst()), held.getLast() > 0));
    }

    @Override
    public Mono<Integer> present(String instance) {
        return run(PRESENT, INSTANCES, instance, GONE_AFTER_MS).map(count -> Math.toIntExact(count.getFirst()));
    }

    @Override
    public Mono<Void> leave(String instance) {
        return run(LEAVE, INSTANCES, instance).then();
    }

    private Mono<List<Long>> run(Script script, String key, Object... arguments) {
        return script.run(redis, prefix + key, arguments).subscribeOn(threads).timeout(within);
    }

    private static Grant grant(List<Long> answer) {
        return new Grant(Math.toIntExact(answer.get(0)), Math.toIntExact(answer.get(1)), answer.get(2));
    }
}
