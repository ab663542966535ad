package io.weir.orchestration.idempotency;

import io.weir.orchestration.idempotency.Claims.Found.Answered;
import io.weir.orchestration.idempotency.Claims.Found.Free;
import io.weir.orchestration.idempotency.Claims.Found.NotKept;
import io.weir.orchestration.idempotency.Claims.Found.OtherRequest;
import io.weir.orchestration.idempotency.Claims.Found.Running;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Claims in Redis: one hash each, changed by scripts that touch no other key.
final class RedisClaims implements Claims {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final byte[] NOTHING = {};

    // Arguments of all: fingerprint, owner, request id, milliseconds to live.
    private static final String TAKE = """
            redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2], 'request', ARGV[3], 'state', 'RUNNING')
            redis.call('PEXPIRE', KEYS[1], ARGV[4])
            """;

    private static final String CLAIM = """
            local was = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'request')
            if not was[1] then
            """ + TAKE + """
              return {'FREE'}
            end
            if was[1] ~= ARGV[1] then return {'OTHER', was[3]} end
            if was[2] ~= 'KEPT' then return {was[2], was[3]} end
            local answer = redis.call('HMGET', KEYS[1], 'head', 'body')
            return {'KEPT', was[3], answer[1], answer[2]}
            """;

    private static final String UNLESS_ANOTHERS = """
            local owner = redis.call('HGET', KEYS[1], 'owner')
            if owner and owner ~= ARGV[2] then return 0 end
            """;

    // What Redis has lost meanwhile is put back; what has ended stays.
    private static final String RENEW = UNLESS_ANOTHERS + """
            local state = redis.call('HGET', KEYS[1], 'state')
            if state and state ~= 'RUNNING' then return 1 end
            """ + TAKE + "return 1";

    // Keys: entry, sizes of what is kept by age, their sum. More arguments: state, head, body, now, most in all. What
    // has
    // to go leaves behind that it was there, so that it does not run again.
    private static final String END = UNLESS_ANOTHERS + TAKE + """
            redis.call('HSET', KEYS[1], 'state', ARGV[5], 'head', ARGV[6], 'body', ARGV[7])
            if ARGV[5] ~= 'KEPT' then return 1 end
            local function take(member)
              local bar = string.find(member, '|', 1, true)
              return tonumber(string.sub(member, 1, bar - 1)), string.sub(member, bar + 1)
            end
            local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', tonumber(ARGV[8]) - tonumber(ARGV[4]), 'LIMIT', 0, 64)
            for i = 1, #over do
              redis.call('ZREM', KEYS[2], over[i])
              redis.call('DECRBY', KEYS[3], (take(over[i])))
            end
            local size = #ARGV[6] + #ARGV[7]
            if redis.call('ZADD', KEYS[2], ARGV[8], size .. '|' .. KEYS[1]) == 1 then
              redis.call('INCRBY', KEYS[3], size)
            end
            while tonumber(redis.call('GET', KEYS[3]) or '0') > tonumber(ARGV[9]) do
              local oldest = redis.call('ZPOPMIN', KEYS[2])
              if not oldest[1] then
                redis.call('DEL', KEYS[3])
              else
                local was, name = take(oldest[1])
                redis.call('DECRBY', KEYS[3], was)
                if name ~= KEYS[1] and redis.call('HGET', name, 'state') == 'KEPT' then
                  redis.call('HSET', name, 'state', 'CROWDED_OUT')
                  redis.call('HDEL', name, 'head', 'body')
                end
              end
            end
            redis.call('PEXPIRE', KEYS[2], ARGV[4])
            redis.call('PEXPIRE', KEYS[3], ARGV[4])
            return 1
            """;

    private static final String RELEASE = UNLESS_ANOTHERS + "return redis.call('DEL', KEYS[1])";

    private final RedissonClient redis;
    private final Scheduler threads;
    private final IdempotencyProperties properties;

    /// @param threads on which the client may connect, which blocks
    RedisClaims(RedissonClient redis, Scheduler threads, IdempotencyProperties properties) {
        this.redis = redis;
        this.threads = threads;
        this.properties = properties;
    }

    @Override
    public Mono<Found> claim(Claim claim) {
        return this.<List<byte[]>>run(CLAIM, ReturnType.LIST, claim, properties.claim())
                .map(RedisClaims::found);
    }

    private static Found found(List<byte[]> said) {
        String state = text(said.getFirst());
        return switch (state) {
            case "FREE" -> new Free();
            case "RUNNING" -> new Running(text(said.get(1)));
            case "OTHER" -> new OtherRequest(text(said.get(1)));
            case "KEPT" ->
                new Answered(text(said.get(1)), new KeptAnswer(KeptAnswer.Head.read(said.get(2)), said.get(3)));
            default -> new NotKept(text(said.get(1)), Reason.valueOf(state));
        };
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public Mono<Boolean> renew(Claim claim) {
        return changed(RENEW, claim, properties.claim());
    }

    @Override
    public Mono<Boolean> keep(Claim claim, KeptAnswer answer) {
        return end(claim, "KEPT", answer.head().written(), answer.body());
    }

    @Override
    public Mono<Boolean> mark(Claim claim, Reason why) {
        return end(claim, why.name(), NOTHING, NOTHING);
    }

    private Mono<Boolean> end(Claim claim, String state, byte[] head, byte[] body) {
        return changed(
                END,
                claim,
                properties.keep(),
                bytes(state),
                head,
                body,
                number(System.currentTimeMillis()),
                number(properties.perTenant().toBytes()));
    }

    @Override
    public Mono<Void> release(Claim claim) {
        return changed(RELEASE, claim, properties.claim()).then();
    }

    private Mono<Boolean> changed(String script, Claim claim, Duration lives, byte[]... more) {
        return this.<Long>run(script, ReturnType.LONG, claim, lives, more).map(count -> count > 0);
    }

    private <T> Mono<T> run(String script, ReturnType type, Claim claim, Duration lives, byte[]... more) {
        Object[] arguments = new Object[4 + more.length];
        arguments[0] = bytes(claim.fingerprint());
        arguments[1] = bytes(claim.owner());
        arguments[2] = bytes(claim.requestId());
        arguments[3] = number(lives.toMillis());
        System.arraycopy(more, 0, arguments, 4, more.length);
        List<Object> names = List.of(claim.name(), claim.index(), claim.index() + ":sum");
        return Mono.defer(() -> redis.reactive()
                        .getScript(ByteArrayCodec.INSTANCE)
                        .<T>eval(Mode.READ_WRITE, script, type, names, arguments))
                .subscribeOn(threads)
                // What follows is the request itself, which is not for the client's few threads.
                .publishOn(Schedulers.parallel())
                .timeout(LIMIT);
    }

    private static byte[] number(long value) {
        return bytes(Long.toString(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
