package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where calls come from in other set-ups than the usual one.
@Timeout(120)
class DirectAddressIT {

    @Test
    void withoutTrustedProxiesTheConnectionAloneCounts() throws Exception {
        try (Mesh open = Mesh.on(Infrastructure.kafka()).started()) {
            Account account = open.account("direct-corp");
            open.get("/v1/models", account.key(), "X-Forwarded-For", "203.0.113.7", "Forwarded", "for=203.0.113.7");
            assertThat(open.upstream.next().header("x-weir-client-address")).isEqualTo("127.0.0.1");

            open.bind(account, "203.0.113.0/24");
            Eventually.passes(() -> assertThat(open.get("/v1/models", account.key(), "X-Forwarded-For", "203.0.113.7")
                            .statusCode())
                    .isEqualTo(403));
        }
    }

    @Test
    void theHeaderNamedForwardedIsReadWhereTheProxiesWriteThatOne() throws Exception {
        try (Mesh other = Mesh.on(Infrastructure.kafka())
                .with("weir.gateway.trusted-proxies", "127.0.0.1")
                .with("weir.gateway.forwarding-header", "forwarded")
                .started()) {
            Account account = other.account("rfc-corp");
            for (String element : List.of(
                    "for=203.0.113.7;proto=https", "by=x;For=\"203.0.113.7:80\"", "for=1.1.1.1, for=203.0.113.7")) {
                other.get("/v1/models", account.key(), "Forwarded", element, "X-Forwarded-For", "9.9.9.9");
                assertThat(other.upstream.next().header("x-weir-client-address"))
                        .isEqualTo("203.0.113.7");
            }
        }
    }
}
