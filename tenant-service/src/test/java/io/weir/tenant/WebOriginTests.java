package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenant.request.WebOrigin;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebOriginTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.acme.com",
                "https://*.acme.com",
                "https://acme.com:8443",
                "https://xn--bcher-kva.example",
                "http://localhost:3000",
                "http://127.0.0.1"
            })
    void anOriginIsTaken(String good) {
        assertThatCode(() -> WebOrigin.check(good)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "",
                "https://*",
                "https://*.com",
                "https://*acme.com",
                "https://a.*.acme.com",
                "http://app.acme.com",
                "https://app.acme.com/",
                "https://App.acme.com",
                "https://app.acme.com:443",
                "https://app.acme.com:0",
                "https://app.acme.com:99999",
                "https://user@acme.com",
                "https://-acme.com",
                "https://acme..com",
                "ftp://acme.com",
                "app.acme.com",
                "https://acme.com\r\nx: y"
            })
    void whatIsNoneIsRefused(String wrong) {
        assertThatThrownBy(() -> WebOrigin.check(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
}
