package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.testing.EventLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ClientStreamTests {

    static {
        EventLoops.guard();
    }

    /// After a keep-alive the answer is fixed, so that its failure is an event; and it must have an end.
    @Test
    void aFailureThatCannotBeWrittenInItsOwnFormIsToldPlainlyAndEndsTheStream() {
        ClientStream stream = new ClientStream(
                failure -> {
                    throw new IllegalStateException("too deep");
                },
                () -> {},
                () -> {},
                Duration.ofMinutes(10));
        Mono.<ClientStream>create(stream::begin).subscribe();
        stream.send(": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII));
        stream.fail(new PlatformException(ProblemType.UPSTREAM_ERROR, "It broke off."), "r-1");

        String told = stream.bytes()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .reduce("", String::concat)
                .block(Duration.ofSeconds(30));
        assertThat(told)
                .startsWith(": keep-alive\n\nevent: error\ndata: {\"error\":{\"message\":\"It broke off.")
                .endsWith("\n\n");
    }
}
