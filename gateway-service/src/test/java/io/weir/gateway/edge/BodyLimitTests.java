package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class BodyLimitTests {

    private static final BodyLimit LIMIT = new BodyLimit(10, 100);

    private static MockServerWebExchange announcing(HttpMethod method, String path, int bytes) {
        return MockServerWebExchange.from(
                MockServerHttpRequest.method(method, path).contentLength(bytes));
    }

    @Test
    void anUploadMayBeLargerThanWhatElseIsSent() {
        MockServerWebExchange upload = announcing(HttpMethod.POST, "/v1/files", 100);
        assertThat(LIMIT.limited(upload)).isSameAs(upload);
        assertThatThrownBy(() -> LIMIT.limited(announcing(HttpMethod.POST, "/v1/files", 101)))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("100 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/chat/completions",
        "POST, /v1/files/file-1",
        "POST, /v1/filesystem",
        "PUT, /v1/files",
        "POST, /api/v1/files"
    })
    void nothingElseMay(String method, String path) {
        assertThatThrownBy(() -> LIMIT.limited(announcing(HttpMethod.valueOf(method), path, 11)))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("10 bytes");
    }
}
