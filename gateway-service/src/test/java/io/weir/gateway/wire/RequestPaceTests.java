package io.weir.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestPaceTests {

    private static final String HEAD = "POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel(new StrictRequestDecoder(
            new HeadLimits(100, 16_384, Duration.ofSeconds(15), Duration.ofMinutes(10)), new ArrayDeque<>()));

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void comes(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aHeadThatComesByteByByteIsNotWaitedForLongerThanAllowed() {
        for (int i = 0; i < 14; i++) {
            comes(HEAD.substring(i, i + 1));
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();

        comes(HEAD.substring(14, 15));
        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatStandsStillIsNotWaitedFor() {
        comes(HEAD);
        for (int i = 0; i < 29; i++) {
            comes("x");
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();

        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatComesSteadilyHasItsTimeAndNoMore() {
        comes(HEAD);
        for (int i = 0; i < 19; i++) {
            comes("x".repeat(1_100));
            pass(30);
            assertThat(channel.isOpen()).isTrue();
        }
        comes("x".repeat(1_100));
        pass(30);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void nothingIsTimedOnceARequestIsWhole() {
        comes("POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-le");
        comes("ngth: 2\r\n\r\n{");
        comes("}");
        pass(10_000);
        comes("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        pass(10_000);

        assertThat(channel.isOpen()).isTrue();
    }
}
