package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.ledger.Outcome;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A client that takes nothing of an answer which goes on and on.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientIT {

    private static final int CHUNKS = 4_000;

    private final CountDownLatch cutOff = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer talker = talker();
    private final Mesh mesh = Mesh.start(
            "weir.upstream.idle-timeout=2s",
            "weir.providers.openai.base-url=http://127.0.0.1:"
                    + talker.getAddress().getPort());

    @AfterAll
    void stop() {
        mesh.close();
        talker.stop(0);
        threads.shutdownNow();
    }

    private HttpServer talker() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::talk);
            server.setExecutor(threads);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void talk(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        byte[] chunk =
                ("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"w\"},\"finish_reason\":null}],"
                                + "\"obfuscation\":\""
                                + "word ".repeat(6_000)
                                + "\"}\n\n")
                        .getBytes(StandardCharsets.UTF_8);
        try (OutputStream body = exchange.getResponseBody()) {
            for (int i = 0; i < CHUNKS; i++) {
                body.write(chunk);
            }
        } catch (IOException cut) {
            cutOff.countDown();
            throw cut;
        } finally {
            exchange.close();
        }
    }

    @Test
    void itsCallEndsAsCancelledAndTheProviderIsNotBlamed() throws Exception {
        TenantSnapshot tenant = mesh.tenant();
        try (InputStream unread = mesh.client(tenant).open(Client.streaming("")).body()) {
            assertThat(unread.read()).isEqualTo('d');
            assertThat(cutOff.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(unread.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("Too little of the answer was read")
                    .doesNotContain("[DONE]");
            assertThat(mesh.ledger().settled(tenant.tenantId()).outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }
}
