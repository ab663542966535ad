package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

class AnswerHeadersTests {

    private static final String STRICT = "default-src 'none'; frame-ancestors 'none'";

    @Test
    void aPageFromBehindKeepsThePolicyThatAllowsItsStyles() {
        String page = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

        assertThat(completed(page).getFirst("content-security-policy")).isEqualTo(page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default-src *", "default-src 'none' *; script-src *", "", "script-src 'unsafe-inline'"})
    void aLooserPolicyFromBehindIsReplaced(String loose) {
        assertThat(completed(loose).get("content-security-policy")).containsExactly(STRICT);
    }

    @Test
    void anAnswerWithoutAPolicyGetsTheStrictOne() {
        MockServerHttpResponse response = new MockServerHttpResponse();
        AnswerHeaders.complete(response, "r-1");

        assertThat(response.getHeaders().getFirst("content-security-policy")).isEqualTo(STRICT);
        assertThat(response.getHeaders().getFirst("x-content-type-options")).isEqualTo("nosniff");
    }

    private static HttpHeaders completed(String policyFromBehind) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        response.getHeaders().set("content-security-policy", policyFromBehind);
        AnswerHeaders.complete(response, "r-1");
        return response.getHeaders();
    }
}
