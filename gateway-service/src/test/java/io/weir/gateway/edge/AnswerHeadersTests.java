package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.RouteClass;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

class AnswerHeadersTests {

    private static final String PATH = "/v1/models";
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
        AnswerHeaders.complete(response, call(false), PATH);

        assertThat(response.getHeaders().getFirst("content-security-policy")).isEqualTo(STRICT);
        assertThat(response.getHeaders().getFirst("x-content-type-options")).isEqualTo("nosniff");
    }

    private static HttpHeaders completed(String policyFromBehind) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        response.getHeaders().set("content-security-policy", policyFromBehind);
        AnswerHeaders.complete(response, call(false), PATH);
        return response.getHeaders();
    }

    @Test
    void onlyOverTlsAreBrowsersToldToStayWithIt() {
        MockServerHttpResponse plain = new MockServerHttpResponse();
        plain.getHeaders().set("strict-transport-security", "max-age=1");
        AnswerHeaders.complete(plain, call(false), PATH);
        MockServerHttpResponse encrypted = new MockServerHttpResponse();
        AnswerHeaders.complete(encrypted, call(true), PATH);

        assertThat(plain.getHeaders().containsHeader("strict-transport-security"))
                .isFalse();
        assertThat(encrypted.getHeaders().getFirst("strict-transport-security")).startsWith("max-age=31536000");
    }

    @Test
    void nothingIsStoredOnTheWayWhateverAServiceSays() {
        MockServerHttpResponse response = new MockServerHttpResponse();
        response.getHeaders().set("cache-control", "public, max-age=3600");
        response.getHeaders().set("access-control-allow-origin", "*");
        response.getHeaders().set("server", "netty");
        AnswerHeaders.complete(response, call(false), PATH);

        assertThat(response.getHeaders().getFirst("cache-control")).isEqualTo("no-store");
        assertThat(response.getHeaders().containsHeader("access-control-allow-origin"))
                .isFalse();
        assertThat(response.getHeaders().containsHeader("server")).isFalse();
        assertThat(response.getHeaders().getVary()).contains("Origin");
    }

    @ParameterizedTest
    @CsvSource({"/v1/messages, true", "/v1/messages/count_tokens, true", "/v1/models, false", "/api/tenants, false"})
    void theMessagesApiNamesTheRequestAsItsClientsLookForIt(String path, boolean named) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        AnswerHeaders.complete(response, call(false), path);

        assertThat(response.getHeaders().getFirst("x-request-id")).isEqualTo("r-1");
        assertThat(response.getHeaders().getFirst("request-id")).isEqualTo(named ? "r-1" : null);
    }

    private static Call call(boolean overTls) {
        return new Call("r-1", RouteClass.INFERENCE, 0, InetAddress.getLoopbackAddress(), overTls);
    }
}
