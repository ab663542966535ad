package io.weir.orchestration.cache;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Answers in Redis: one string each, and one sorted set per tenant that knows them by their age, so that what a tenant
/// has is bounded and can be forgotten. All names of a tenant are in one slot of a cluster. While Redis is away it is
/// asked but now and then, so that calls do not wait for it one after the other.
final class RedisAnswers implements Answers {

    private static final Duration REST = Duration.ofSeconds(2);

    // Keys: entry, index. Arguments: entry, milliseconds to live, now, most entries.
    private static final String KEEP = """
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
            local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
            if over > 0 then
              local oldest = redis.call('ZRANGE', KEYS[2], 0, over - 1)
              for i = 1, #oldest do redis.call('UNLINK', oldest[i]) redis.call('ZREM', KEYS[2], oldest[i]) end
            end
            if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
            return 1
            """;

    // Keys: list, index. Arguments: message, milliseconds to live, now, most messages.
    private static final String ADD = """
            redis.call('LREM', KEYS[1], 0, ARGV[1])
            redis.call('LPUSH', KEYS[1], ARGV[1])
            redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[4]) - 1)
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
            return 1
            """;

    private static final String FIND = "return redis.call('GET', KEYS[1])";

    private static final String PROMPTS = "return redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)";

    private static final String CLEAR = """
            local all = redis.call('ZRANGE', KEYS[1], 0, -1)
            for i = 1, #all do redis.call('UNLINK', all[i]) end
            redis.call('UNLINK', KEYS[1])
            return #all
            """;

    private final RedissonClient redis;
    private final Scheduler threads;
    private final CacheProperties properties;
    // By System.nanoTime; 0: it is not known to be away.
    private final AtomicLong awayUntil = new AtomicLong();

    /// @param threads on which the client may connect, which blocks
    RedisAnswers(RedissonClient redis, Scheduler threads, CacheProperties properties) {
        this.redis = redis;
        this.threads = threads;
        this.properties = properties;
    }

    @Override
    public Mono<CachedAnswer> find(AnswerKey key) {
        return this.<byte[]>run(Mode.READ_ONLY, FIND, ReturnType.VALUE, List.of(key.name()))
                .map(CachedAnswer::read);
    }

    @Override
    public Mono<Void> keep(AnswerKey key, CachedAnswer answer, Duration ttl) {
        List<Object> names = List.of(key.name(), AnswerKey.index(key.tenant()));
        return run(
                        Mode.READ_WRITE,
                        KEEP,
                        ReturnType.LONG,
                        names,
                        answer.written(),
                        number(ttl.toMillis()),
                        number(System.currentTimeMillis()),
                        number(properties.entries()))
                .then();
    }

    @Override
    public Mono<List<KeptPrompt>> prompts(FrameKey frame) {
        return this.<List<byte[]>>run(
                        Mode.READ_ONLY,
                        PROMPTS,
                        ReturnType.LIST,
                        List.of(frame.name()),
                        number(properties.candidates()))
                .map(all -> all.stream().map(KeptPrompt::read).toList());
    }

    @Override
    public Mono<Void> add(FrameKey frame, KeptPrompt prompt, Duration ttl) {
        List<Object> names = List.of(frame.name(), AnswerKey.index(frame.tenant()));
        return run(
                        Mode.READ_WRITE,
                        ADD,
                        ReturnType.LONG,
                        names,
                        prompt.written(),
                        number(ttl.toMillis()),
                        number(System.currentTimeMillis()),
                        number(properties.candidates()))
                .then();
    }

    @Override
    public Mono<Long> clear(TenantId tenant) {
        return run(Mode.READ_WRITE, CLEAR, ReturnType.LONG, List.of(AnswerKey.index(tenant)));
    }

    private <T> Mono<T> run(Mode mode, String script, ReturnType type, List<Object> names, Object... arguments) {
        return Mono.defer(() -> {
            if (isResting()) {
                return Mono.error(new IllegalStateException("Redis did not answer a moment ago"));
            }
            return Mono.defer(() -> redis.reactive()
                            .getScript(ByteArrayCodec.INSTANCE)
                            .<T>eval(mode, script, type, names, arguments))
                    .subscribeOn(threads)
                    // What follows is the request itself, which is not for the client's few threads.
                    .publishOn(Schedulers.parallel())
                    .timeout(properties.patience())
                    .doOnError(away -> awayUntil.set(System.nanoTime() + REST.toNanos()))
                    .doOnSuccess(answered -> awayUntil.set(0));
        });
    }

    private boolean isResting() {
        long until = awayUntil.get();
        return until != 0 && System.nanoTime() - until < 0;
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.UTF_8);
    }
}
