package io.weir.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.channel.AbortedException;

class UpstreamFailureTests {

    static Stream<Throwable> unreachable() {
        return Stream.of(
                new ConnectException("refused"),
                new IOException("reset"),
                new UncheckedIOException(new IOException("epoll_ctl")),
                new NotYetConnectedException(),
                new TimeoutException("no connection"),
                io.netty.handler.timeout.ReadTimeoutException.INSTANCE);
    }

    @ParameterizedTest
    @MethodSource("unreachable")
    void aServiceThatCannotBeReachedIsUnavailableForNow(Throwable failure) {
        assertThat(UpstreamFailure.translated(failure))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE))
                .hasCause(failure);
    }

    @Test
    void aCallerWhoLeavesInTheMidstOfItsBodyIsToldSo() {
        assertThat(UpstreamFailure.translated(new AbortedException("left")))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST));
    }

    @Test
    void aDefectOfOursStaysWhatItIs() {
        IllegalStateException defect = new IllegalStateException("a defect");
        assertThat(UpstreamFailure.translated(defect)).isSameAs(defect);
    }
}
