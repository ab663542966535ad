package io.weir.local.prove.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.embedded.FreePort;
import io.weir.local.prove.lanes.generator.Order;
import io.weir.local.prove.lanes.generator.Tally;
import io.weir.local.prove.lanes.upstream.Pace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The generator and the provider themselves, in their own processes, with nothing between them.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CompanionIT {

    private static final String BODY = "{\"n\":\"" + Order.NUMBER + "\",\"stream\":%s}";

    @TempDir
    Path directory;

    // Ends when each connection has made its calls, however long that takes.
    private static Order order(int port, boolean streams, int frames, int calls) {
        String body = BODY.formatted(streams);
        return new Order(port, "/v1/chat/completions", Map.of(), body, 3, calls, frames, 0, 20_000);
    }

    @Test
    void callsAreTimedToTheirLastByteAndFramesFromTheirSending() throws IOException {
        try (Companion generator = Companion.generator(directory);
                Companion upstream = Companion.upstream(directory)) {
            upstream.set(new Pace(30, 1, 1));
            Tally paced = generator.make(order(upstream.port(), false, 0, 2));
            assertThat(paced.failures()).as(paced.firstFailure()).isZero();
            assertThat(paced.made()).isEqualTo(6);
            assertThat(paced.requests()).isEqualTo(6);
            assertThat(paced.times().count()).isEqualTo(6);
            assertThat(paced.times().p50()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(29));

            upstream.set(new Pace(0, 60, 5));
            Tally streamed = generator.make(order(upstream.port(), true, 60, 1));
            assertThat(streamed.failures()).as(streamed.firstFailure()).isZero();
            assertThat(streamed.made()).isEqualTo(3);
            assertThat(streamed.mostOpen()).isBetween(1, 3);
            assertThat(streamed.firstFrames().count()).isEqualTo(3);
            assertThat(streamed.frames().count()).isEqualTo(3 * 59);
            assertThat(streamed.frames().p50()).isPositive();

            Tally cutShort = generator.make(order(upstream.port(), true, 61, 1));
            assertThat(cutShort.made()).isZero();
            assertThat(cutShort.failures()).isEqualTo(3);
            assertThat(cutShort.firstFailure()).isEqualTo("60 of 61 frames");
        }
    }

    @Test
    void aServerThatIsAwayIsAFailureAndNotAHang() throws IOException {
        int nobody = FreePort.lasting();
        try (Companion generator = Companion.generator(directory)) {
            Tally tally = generator.make(new Order(nobody, "/", Map.of(), BODY.formatted(false), 3, 0, 0, 50, 200));

            assertThat(tally.made()).isZero();
            assertThat(tally.failures()).isPositive();
            assertThat(tally.firstFailure()).startsWith("no connection");
        }
    }
}
