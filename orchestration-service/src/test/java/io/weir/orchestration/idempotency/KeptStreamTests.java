package io.weir.orchestration.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class KeptStreamTests {

    private final AtomicLong asked = new AtomicLong();
    private final AtomicInteger over = new AtomicInteger();

    private KeptStream of(Flux<byte[]> frames) {
        KeptStream stream = new KeptStream(1000, ended -> {
            over.incrementAndGet();
            ended.end();
        });
        frames.doOnRequest(asked::addAndGet).subscribe(stream);
        return stream;
    }

    private static Flux<byte[]> frames(int count) {
        return Flux.range(0, count).map(i -> new byte[] {i.byteValue()});
    }

    @Test
    void itIsReadAsFastAsItsClientTakesIt() {
        KeptStream stream = of(frames(10));
        assertThat(asked).hasValue(0);
        StepVerifier.create(stream.forClient(), 2)
                .expectNextCount(2)
                .then(() -> assertThat(asked).hasValue(2))
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> assertThat(asked).hasValue(5))
                .thenRequest(10)
                .expectNextCount(5)
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        assertThat(stream.bytes()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void itGoesOnWhenItsClientLeaves() {
        KeptStream stream = of(frames(10));
        StepVerifier.create(stream.forClient(), 2)
                .expectNextCount(2)
                .thenCancel()
                .verify(Duration.ofSeconds(5));
        assertThat(stream.bytes()).hasSize(10);
        assertThat(over).hasValue(1);
    }

    @Test
    void whatBreaksOffBreaksOffForItsClientToo() {
        KeptStream stream = of(frames(2).concatWith(Flux.error(new IllegalStateException("broken"))));
        StepVerifier.create(stream.forClient())
                .expectNextCount(2)
                .expectErrorMessage("broken")
                .verify(Duration.ofSeconds(5));
        assertThat(stream.isBroken()).isTrue();
        assertThat(over).hasValue(1);
    }
}
