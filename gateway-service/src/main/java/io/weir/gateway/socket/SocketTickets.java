package io.weir.gateway.socket;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Function;
import org.redisson.api.RBucketReactive;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Tickets that open one socket each, in Redis. What is stored is a hash, so that who reads Redis cannot use
/// them. Fails closed: without Redis there are no tickets, and none is good; keys still are.
final class SocketTickets {

    /// How long a ticket is good for.
    static final Duration LIFETIME = Duration.ofSeconds(10);

    private static final Duration LIMIT = Duration.ofMillis(900);
    private static final String PREFIX = "weir:socket-ticket:";
    private static final int RANDOM_BYTES = 32;

    private final RedissonClient redis;
    private final Scheduler threads;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /// @param threads few, and few that may wait for them: one too many fails with a 503 problem at once
    SocketTickets(RedissonClient redis, Scheduler threads, InstantSource clock) {
        this.redis = redis;
        this.threads = threads;
        this.clock = clock;
    }

    record Ticket(String ticket, Instant expiresAt) {}

    /// A new ticket for its holder, of whom it remembers that text. Fails with a 503 problem within a second
    /// where Redis is away.
    Mono<Ticket> issue(String holder) {
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(secret);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Ticket issued = new Ticket(ticket, clock.instant().plus(LIFETIME));
        return on(ticket, bucket -> bucket.set(holder, LIFETIME)).thenReturn(issued);
    }

    /// What was remembered of whom it was issued to; empty where it was used, has expired, or never was. Of many
    /// that come with the same ticket at once exactly one gets it: Redis reads and deletes in one step.
    Mono<String> redeem(String ticket) {
        return on(ticket, RBucketReactive::getAndDelete);
    }

    // The client connects when it is first asked, and does so on the thread that asks.
    private <T> Mono<T> on(String ticket, Function<RBucketReactive<String>, Mono<T>> command) {
        return Mono.defer(
                        () -> command.apply(redis.reactive().getBucket(PREFIX + sha256(ticket), StringCodec.INSTANCE)))
                .subscribeOn(threads)
                .timeout(LIMIT)
                .onErrorMap(away -> new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "Tickets cannot be handled at present. Try again in a moment, or send the API key itself.",
                        away));
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
