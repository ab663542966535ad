package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.util.context.Context;

/// One request's answer must never reach another's client, however many leave in the middle: the connections behind
/// the gateway are shared by all tenants.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class CrossDeliveryStormIT {

    private static final int CALLS = 1_500;
    private static final int AT_ONCE = 16;
    private static final int CHUNKS = 8;
    private static final int CANCELLED_ONE_IN = 4;

    // Its own: a gateway that stopped before takes the shared threads with it.
    private static final LoopResources LOOPS = LoopResources.create("echo", 2, true);
    private static final List<Account> ACCOUNTS = new ArrayList<>();
    private static Mesh mesh;
    private static DisposableServer echo;

    @BeforeAll
    static void start() throws Exception {
        echo = HttpServer.create()
                .runOn(LOOPS)
                .host("127.0.0.1")
                .port(0)
                .handle(CrossDeliveryStormIT::answer)
                .bindNow();
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.services.orchestration", "http://127.0.0.1:" + echo.port())
                .started();
        for (int i = 0; i < 6; i++) {
            ACCOUNTS.add(mesh.account("storm-" + i));
        }
    }

    @AfterAll
    static void stop() {
        mesh.close();
        echo.disposeNow(Duration.ofSeconds(5));
        LOOPS.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(2));
    }

    @Test
    void noAnswerReachesAnotherTenantsClient() {
        Random random = new Random(42);
        AtomicInteger answered = new AtomicInteger();
        Queue<String> foreign = new ConcurrentLinkedQueue<>();
        Flux.range(0, CALLS)
                .flatMap(
                        call -> {
                            Account account = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
                            String mark = account.tenant() + "/" + call;
                            Mono<String> answer = called(account, mark);
                            Duration until = Duration.ofNanos(random.nextInt(12_000) * 1_000L);
                            return (random.nextInt(CANCELLED_ONE_IN) == 0 ? answer.take(until) : answer)
                                    // A call that is left fails once more afterwards, and nobody wants to know.
                                    .contextWrite(Context.of("reactor.onErrorDropped.local", (Consumer<Throwable>)
                                            CrossDeliveryStormIT::forget))
                                    .doOnNext(body -> {
                                        answered.incrementAndGet();
                                        if (!body.equals(expected(account, mark))) {
                                            foreign.add(mark + " got " + body);
                                        }
                                    });
                        },
                        AT_ONCE)
                .blockLast(Duration.ofSeconds(100));
        assertThat(foreign).isEmpty();
        assertThat(answered.get()).isGreaterThan(CALLS / 2);
    }

    private static void forget(Throwable failure) {
        assertThat(failure).isNotNull();
    }

    private static Mono<String> called(Account account, String mark) {
        HttpRequest request = HttpRequest.newBuilder(mesh.uri("/v1/chat/completions"))
                .header("Authorization", "Bearer " + account.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"mark\":\"" + mark + "\"}"))
                .build();
        return Mono.fromFuture(() -> mesh.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .filter(answer -> answer.statusCode() == 200)
                .map(HttpResponse::body)
                // A call that is cut short is no answer; what matters here is whose answers arrive.
                .onErrorComplete(CompletionException.class)
                .onErrorComplete(IOException.class);
    }

    private static String expected(Account account, String mark) {
        return (account.tenant() + " {\"mark\":\"" + mark + "\"};").repeat(CHUNKS);
    }

    // The passport's tenant and the request's own body, in pieces with pauses between them.
    private static Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String passport = request.requestHeaders().get("x-weir-passport");
        String tenant = new String(Base64.getUrlDecoder().decode(passport.split("\\.")[1]), StandardCharsets.UTF_8)
                .replaceFirst(".*\"tenant\":\"([^\"]*)\".*", "$1");
        return request.receive()
                .aggregate()
                .asString()
                .flatMap(body -> response.header("content-type", "application/json")
                        .sendString(Flux.range(0, CHUNKS)
                                .delayElements(Duration.ofMillis(1))
                                .map(chunk -> tenant + " " + body + ";"))
                        .then());
    }
}
