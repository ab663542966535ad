package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Anthropic's streams, as they are read and passed on at once.
class NativeVectorsTests {

    static Stream<Path> streams() throws IOException, URISyntaxException {
        Path directory =
                Path.of(Objects.requireNonNull(NativeVectorsTests.class.getResource("/golden/anthropic/stream"))
                        .toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".in.sse")).toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void whatIsReadForTheBooksIsWhatTheClientGets(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ChatStream read = new ChatStream(true, new AnthropicDialect().nativeStream(Vector.IDENTITY));
        NativeStream passed = new NativeStream(Vector.IDENTITY);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; from += 100) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 100));
            got.writeBytes(passed.sent(part, read.feed(part)));
        }
        List<String> sent = data(bytes);
        if (read.failure() == null && read.isWhole()) {
            got.writeBytes(passed.end());
            assertThat(data(got.toByteArray())).isEqualTo(sent);
        } else {
            List<String> begun = data(got.toByteArray());
            assertThat(begun).isEqualTo(sent.subList(0, begun.size()));
            assertThat(got.toString(StandardCharsets.UTF_8))
                    .doesNotContain("event: error", "event: message_delta", "event: message_stop");
        }
    }

    private static List<String> data(byte[] events) {
        List<String> data = new ArrayList<>();
        for (SseSplitter.Event event : new SseSplitter().feed(events)) {
            data.add(new String(event.data(), StandardCharsets.UTF_8));
        }
        return data;
    }
}
