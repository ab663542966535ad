package io.weir.orchestration.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.batch.LineSplitter.Line;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

class LineSplitterTests {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static DataBuffer buffer(byte[] bytes) {
        return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
    }

    private static List<Line> lines(byte[] content, int piece, int most) {
        List<DataBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < content.length; from += piece) {
            pieces.add(buffer(Arrays.copyOfRange(content, from, Math.min(content.length, from + piece))));
        }
        return Objects.requireNonNull(LineSplitter.lines(Flux.fromIterable(pieces), 1, 0, most)
                .collectList()
                .block(PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1_000})
    void linesAreTheSameHoweverTheyCome(int piece) {
        byte[] content = "one\n\n \r\nf\u00fcnf\r\nsix".getBytes(StandardCharsets.UTF_8);
        List<Line> lines = lines(content, piece, 100);
        assertThat(lines).extracting(Line::number).containsExactly(1, 4, 5);
        assertThat(lines)
                .extracting(line -> new String(line.bytes(), StandardCharsets.UTF_8))
                .containsExactly("one", "f\u00fcnf\r", "six");
        for (Line line : lines) {
            String there =
                    new String(content, (int) line.start(), (int) (line.end() - line.start()), StandardCharsets.UTF_8);
            assertThat(there.stripTrailing())
                    .isEqualTo(new String(line.bytes(), StandardCharsets.UTF_8).stripTrailing());
        }
    }

    @Test
    void ofALineThatIsTooLongNothingIsKept() {
        byte[] piece = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        int pieces = 8 * 1024;
        Flux<DataBuffer> content = Flux.range(0, pieces)
                .map(i -> buffer(piece))
                .concatWith(Flux.just(buffer("\nnext\n".getBytes(StandardCharsets.US_ASCII))));
        List<Line> lines = Objects.requireNonNull(
                LineSplitter.lines(content, 1, 0, 1_000_000).collectList().block(PATIENCE));
        assertThat(lines).extracting(Line::tooLong).containsExactly(true, false);
        assertThat(lines.getFirst().bytes()).isEmpty();
        assertThat(lines.getLast().start()).isEqualTo((long) pieces * piece.length + 1);
    }
}
