package io.weir.orchestration.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.batch.LineSplitter.Line;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ValidationTests {

    private static final String CHAT = "/v1/chat/completions";

    private static BatchProperties limits(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("weir.batches", BatchProperties.class);
    }

    private static Line line(int number, String id) {
        byte[] bytes = ("{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + CHAT + "\",\"body\":{}}")
                .getBytes(StandardCharsets.UTF_8);
        return new Line(number, number * 100L, number * 100L + 100, bytes, false);
    }

    @Test
    void chunksHoldEveryLineOnce() {
        Validation validation = new Validation(CHAT, limits(Map.of()));
        for (int i = 1; i <= 10_001; i++) {
            assertThat(validation.take(line(i, "id-" + i))).isTrue();
        }
        List<Chunk> chunks = validation.chunks();
        assertThat(validation.errors()).isNull();
        assertThat(validation.lines()).isEqualTo(10_001);
        assertThat(chunks).hasSize(201);
        for (int i = 0; i < chunks.size(); i++) {
            assertThat(chunks.get(i).number()).isEqualTo(i);
            assertThat(chunks.get(i).firstLine()).isEqualTo(i * 50 + 1);
            assertThat(chunks.get(i).startByte()).isEqualTo((i * 50 + 1) * 100L);
            assertThat(chunks.get(i).endByte()).isEqualTo(Math.min((i + 1) * 50 + 1, 10_002) * 100L);
        }
    }

    @Test
    void afterSomeFaultsAndBeyondTheMostLinesNobodyLooksFurther() {
        Validation faulty = new Validation(CHAT, limits(Map.of()));
        faulty.take(line(1, "same"));
        int taken = 1;
        while (faulty.take(line(taken + 1, "same"))) {
            taken++;
        }
        assertThat(taken).isEqualTo(100);
        assertThat(faulty.errors()).contains("duplicate_custom_id");
        Validation large = new Validation(CHAT, limits(Map.of("weir.batches.max-lines", "1")));
        assertThat(large.take(line(1, "a"))).isTrue();
        assertThat(large.take(line(2, "b"))).isFalse();
        assertThat(large.errors()).contains("too_many_requests");
    }
}
