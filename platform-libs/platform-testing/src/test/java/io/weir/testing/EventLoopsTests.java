package io.weir.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;

class EventLoopsTests {

    @Test
    void aBlockingCallOnAnEventLoopFails() {
        EventLoops.guard();
        Mono<Long> blocking = Mono.delay(Duration.ofMillis(1)).doOnNext(woken -> LockSupport.parkNanos(1_000_000));
        assertThatThrownBy(() -> blocking.block(Duration.ofSeconds(10)))
                .hasRootCauseInstanceOf(BlockingOperationError.class);
    }
}
