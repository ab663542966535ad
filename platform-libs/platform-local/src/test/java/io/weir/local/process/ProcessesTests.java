package io.weir.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTests {

    @Test
    void theHolderOfAPortIsFoundWithItsCommand() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();

            assertThat(PortHolder.isFree(port)).isFalse();
            PortHolder holder = PortHolder.of(port).orElseThrow();
            assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(holder.command()).contains("java");
        }
    }

    @Test
    void aPortThatNobodyHoldsIsFree() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(PortHolder.isFree(port)).isTrue();
        assertThat(PortHolder.of(port)).isEmpty();
    }

    @Test
    void theSameNumberWithAnotherStartIsAnotherProcess() {
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        assertThat(self.alive()).isPresent();
        assertThat(new ProcessIdentity(self.pid(), self.started() + "1").alive())
                .isEmpty();
    }

    @Test
    void whatIgnoresTheRequestIsKilledAfterItsGrace() throws Exception {
        Process deaf = new ProcessBuilder("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done").start();
        assertThat(deaf.inputReader().readLine()).isEqualTo("deaf");
        ProcessIdentity identity = ProcessIdentity.of(deaf.pid()).orElseThrow();

        Termination.end(List.of(identity), Duration.ofMillis(300));

        assertThat(identity.alive()).isEmpty();
    }

    @Test
    void aStrangerWithTheSameNumberIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Termination.end(List.of(new ProcessIdentity(stranger.pid(), "1")), Duration.ofMillis(300));

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }
}
