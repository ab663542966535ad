package io.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.blockhound.BlockingOperationError;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class EventLoopsTests {

    @Test
    void aBlockingCallOnAnEventLoopFails() {
        EventLoops.guard();
        Mono<Long> blocking = Mono.delay(Duration.ofMillis(1)).doOnNext(woken -> LockSupport.parkNanos(1_000_000));
        assertThatThrownBy(() -> blocking.block(Duration.ofSeconds(10)))
                .hasRootCauseInstanceOf(BlockingOperationError.class);
    }

    @Test
    void soDoesAWaitForSomebodysWork() {
        EventLoops.guard();
        CountDownLatch work = new CountDownLatch(1);
        Mono<Long> waiting = Mono.delay(Duration.ofMillis(1)).doOnNext(woken -> {
            try {
                LoggerFactory.getLogger(EventLoopsTests.class).info("{}", work.await(1, TimeUnit.MILLISECONDS));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> waiting.block(Duration.ofSeconds(10)))
                .hasRootCauseInstanceOf(BlockingOperationError.class);
    }

    @Test
    void aLockThatIsHeldForAnInstantDoesNot() {
        EventLoops.guard();
        ReentrantLock lock = new ReentrantLock();
        AtomicBoolean locked = new AtomicBoolean();
        Mono<Long> locking = Mono.delay(Duration.ofMillis(1)).doOnNext(woken -> {
            lock.lock();
            try {
                locked.set(true);
            } finally {
                lock.unlock();
            }
        });
        Disposable running;
        lock.lock();
        try {
            running = locking.subscribe();
            Eventually.passes(
                    Duration.ofSeconds(10),
                    () -> assertThat(lock.hasQueuedThreads()).isTrue());
        } finally {
            lock.unlock();
        }
        Eventually.passes(Duration.ofSeconds(10), () -> assertThat(locked).isTrue());
        running.dispose();
    }
}
