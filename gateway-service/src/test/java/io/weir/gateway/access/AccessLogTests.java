package io.weir.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.RouteClass;
import io.weir.kafka.KafkaProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessLogTests {

    @Test
    void aFullBufferDropsAndCounts() {
        KafkaProperties nowhere = new KafkaProperties("127.0.0.1:1", "weir.", (short) 1, Map.of());
        AccessLog log = new AccessLog(nowhere, new AccessProperties(3, Duration.ofSeconds(60)));
        AccessRecord access = AccessRecord.of(
                new Call(
                        "019ab2d4-1f00-7c3a-8e21-44d0a9b7c611",
                        RouteClass.INFERENCE,
                        0,
                        java.net.InetAddress.getLoopbackAddress(),
                        false),
                new Finished("GET", 200, 5_000_000, false, null),
                Instant.EPOCH);
        for (int i = 0; i < 5; i++) {
            log.add(access);
        }
        assertThat(log.dropped()).isEqualTo(2);
    }
}
