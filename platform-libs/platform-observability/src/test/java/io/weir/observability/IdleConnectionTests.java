package io.weir.observability;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.observability.autoconfigure.WeirDefaults;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdleConnectionTests {

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration SLOW = Duration.ofSeconds(3);

    private final ConfigurableApplicationContext service = new SpringApplicationBuilder(Service.class)
            .properties("server.port=0", "server.address=127.0.0.1", "spring.application.name=sample")
            .run("--server.netty.idle-timeout=" + IDLE);

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void anIdleConnectionIsClosedWhetherItWasUsedOrNot() throws Exception {
        try (Socket unused = connect()) {
            assertThat(unused.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket used = connect()) {
            BufferedReader reader = ask(used, "/health");
            assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(rest(reader)).isNotEmpty();
        }
    }

    @Test
    void anAnswerThatTakesLongerIsNotCut() throws Exception {
        try (Socket socket = connect()) {
            BufferedReader reader = ask(socket, "/late");
            assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(rest(reader)).contains("late");
        }
    }

    @Test
    void aStreamThatFallsSilentIsNotCut() throws Exception {
        try (Socket socket = connect()) {
            BufferedReader reader = ask(socket, "/stream");
            assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(rest(reader)).contains("first", "second");
        }
    }

    @Test
    void theDefaultOutlastsTheGatewaysOwn() {
        ConfigurableEnvironment environment = new StandardEnvironment();
        new WeirDefaults().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("server.netty.idle-timeout")).isEqualTo("75s");
    }

    private Socket connect() throws IOException {
        int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        // Far longer than anything here may last: whoever waits for it fails.
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static BufferedReader ask(Socket socket, String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    // Until the server closes.
    private static String rest(BufferedReader reader) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            all.append(line).append('\n');
        }
        return all.toString();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {

        @Bean
        RouterFunction<ServerResponse> slow() {
            return RouterFunctions.route()
                    .GET(
                            "/late",
                            request -> Mono.delay(SLOW).then(ServerResponse.ok().bodyValue("late")))
                    .GET(
                            "/stream",
                            request -> ServerResponse.ok()
                                    .body(
                                            Flux.just("first")
                                                    .concatWith(Mono.delay(SLOW).thenReturn("second")),
                                            String.class))
                    .build();
        }
    }
}
