package io.weir.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextHeadersTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-weir-passport", "X-WEIR-Anything", "X-Tenant-Id", "x-tenant-slug", "Baggage", "tenant.id",
                        "tenant-id",
                "X-Request-Id", "b3", "X-B3-TraceId", "Forwarded", "X-Forwarded-For", "x-forwarded-host", "x-real-ip"
            })
    void whatWouldPassForOurContextIsDropped(String header) {
        assertThat(ContextHeaders.isContext(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-weir-tags",
                "x-weir-cache",
                "x-weir-tolerant",
                "X-Weir-Tags",
                "accept",
                "openai-organization",
                "x-stainless-retry-count",
                "idempotency-key"
            })
    void whatIsTheCallersOwnStays(String header) {
        assertThat(ContextHeaders.isContext(header)).isFalse();
        assertThat(ContextHeaders.isTrace(header)).isFalse();
    }
}
