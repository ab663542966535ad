package io.weir.orchestration.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import io.weir.testing.EventLoops;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/// A client leaves; those whose calls come next over the same connections must not notice.
class ClientInterestTests {

    static {
        EventLoops.guard();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UpstreamProperties ONE_CONNECTION = new UpstreamProperties(
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            ClientGone.CANCEL,
            Duration.ofSeconds(15),
            1,
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            1);

    private final ProviderClient client = new ProviderClient(ONE_CONNECTION, new BaseUrlRules(Set.of(443), true));
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch toldToStop = new CountDownLatch(1);
    private final CountDownLatch mayClose = new CountDownLatch(1);
    private volatile CountDownLatch mayEnd = new CountDownLatch(0);
    private ServerSocket provider;

    @BeforeEach
    void start() throws IOException {
        provider = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void stop() throws IOException {
        mayClose.countDown();
        provider.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = provider.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    // Ends an answer properly also where its client has stopped sending, as a provider may, and closes later.
    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    out.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    if (mayEnd.getCount() > 0) {
                        awaitEnd(in);
                    }
                    out.write("4\r\nlast\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            }
            mayClose.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException gone) {
            // so is its connection
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd(BufferedReader in) throws IOException, InterruptedException {
        if (in.read() < 0) {
            toldToStop.countDown();
        }
        mayEnd.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private Flux<String> call(ClientInterest interest) {
        Provider openai = new Provider(
                "openai", "http://127.0.0.1:" + provider.getLocalPort() + "/v1", "key", new OpenAiDialect());
        return client.send(openai, new ProviderRequest("/chat/completions", new byte[0]), "r", interest, () -> {})
                .flatMapMany(UpstreamAnswer::body)
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }

    private String answer() {
        return String.join(
                "",
                call(new ClientInterest()).collectList().blockOptional(PATIENCE).orElseThrow());
    }

    @Test
    void whoHasTheWholeAnswerTakesNothingFromTheNext() {
        ClientInterest first = new ClientInterest();
        assertThat(call(first).collectList().block(PATIENCE)).isNotEmpty();
        first.withdraw();
        for (int i = 0; i < 5; i++) {
            assertThat(answer()).isEqualTo("firstlast");
            first.withdraw();
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void theProviderIsToldToStopAndItsConnectionServesNobodyElse() throws Exception {
        mayEnd = new CountDownLatch(1);
        ClientInterest leaving = new ClientInterest();
        CountDownLatch begun = new CountDownLatch(1);
        StringBuilder read = new StringBuilder();
        CountDownLatch over = new CountDownLatch(1);
        call(leaving)
                .doOnNext(some -> {
                    read.append(some);
                    begun.countDown();
                })
                .doFinally(end -> over.countDown())
                .subscribe();
        assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        leaving.withdraw();
        assertThat(toldToStop.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        mayEnd.countDown();
        assertThat(over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(read).hasToString("firstlast");
        for (int i = 0; i < 3; i++) {
            assertThat(answer()).isEqualTo("firstlast");
        }
        assertThat(connections).hasValue(2);
    }
}
