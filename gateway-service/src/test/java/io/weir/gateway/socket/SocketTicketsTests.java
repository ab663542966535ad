package io.weir.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class SocketTicketsTests {

    static {
        EventLoops.guard();
    }

    private final Scheduler threads = Schedulers.newBoundedElastic(2, 3, "tickets-test");
    private final CountDownLatch answered = new CountDownLatch(1);
    private final Queue<String> asking = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        answered.countDown();
        threads.dispose();
    }

    @Test
    void whatDoesNotAnswerHoldsFewThreadsAndTheRestIsRefusedAtOnce() {
        SocketTickets tickets = new SocketTickets(silentRedis(), threads, Clock.systemUTC());
        Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
        Flux.range(0, 100)
                .flatMap(
                        one -> tickets.redeem("ticket" + one)
                                .doOnError(refused::add)
                                .onErrorComplete(),
                        100)
                .blockLast(Duration.ofSeconds(30));
        assertThat(refused)
                .hasSize(100)
                .allMatch(failure -> failure instanceof PlatformException problem
                        && problem.type() == ProblemType.SERVICE_UNAVAILABLE);
        // Refused without asking: there were two threads, and three might wait for each.
        Eventually.passes(() -> assertThat(asking).isNotEmpty());
        assertThat(asking).hasSizeLessThanOrEqualTo(8).allMatch(thread -> thread.startsWith("tickets-test"));
    }

    // Blocks as its client does while it connects.
    private RedissonClient silentRedis() {
        return (RedissonClient) Proxy.newProxyInstance(
                RedissonClient.class.getClassLoader(),
                new Class<?>[] {RedissonClient.class},
                (proxy, method, arguments) -> {
                    asking.add(Thread.currentThread().getName());
                    answered.await();
                    throw new IllegalStateException("away");
                });
    }
}
