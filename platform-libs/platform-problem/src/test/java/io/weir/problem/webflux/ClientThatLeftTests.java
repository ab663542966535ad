package io.weir.problem.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class ClientThatLeftTests {

    private static @Nullable HttpStatusCode status(Exception failure) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/v1/models"));
        new ProblemWebExceptionHandler().handle(exchange, failure).block(Duration.ofSeconds(10));
        return exchange.getResponse().getStatusCode();
    }

    @Test
    void isNoDefectOfOurs() {
        assertThat(status(new IOException("Broken pipe"))).isEqualTo(HttpStatusCode.valueOf(503));
        assertThat(status(new IllegalStateException("a defect"))).isEqualTo(HttpStatusCode.valueOf(500));
    }
}
