package io.weir.problem.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class MalformedHeaderTests {

    private static final Duration WAIT = Duration.ofSeconds(10);

    private static String answer(String header) {
        MockServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.post("/api/billing/invoices").header(header, "nonsense"));
        new ProblemWebExceptionHandler()
                .handle(exchange, new InvalidMediaTypeException("nonsense", "does not contain '/'"))
                .block(WAIT);
        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        return String.valueOf(exchange.getResponse().getBodyAsString().block(WAIT));
    }

    @Test
    void theHeaderAtFaultIsNamed() {
        assertThat(answer(HttpHeaders.ACCEPT)).contains("\"param\":\"Accept\"", "invalid_request");
        assertThat(answer(HttpHeaders.CONTENT_TYPE)).contains("\"param\":\"Content-Type\"", "invalid_request");
    }
}
