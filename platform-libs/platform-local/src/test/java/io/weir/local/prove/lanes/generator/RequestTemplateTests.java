package io.weir.local.prove.lanes.generator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestTemplateTests {

    private static Order order(String body) {
        return new Order(8_080, "/v1/chat/completions", Map.of("authorization", "Bearer k"), body, 1, 0, 0, 0, 100);
    }

    @Test
    void eachCallCarriesItsNumberAndTheLengthInBytes() {
        RequestTemplate template = RequestTemplate.of(order("{\"text\":\"é " + Order.NUMBER + "\"}"));

        String first = template.call(ByteBufAllocator.DEFAULT, 41).toString(UTF_8);
        String second = template.call(ByteBufAllocator.DEFAULT, 9_999_999_999L).toString(UTF_8);

        assertThat(first)
                .isEqualTo("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nauthorization: Bearer k\r\n"
                        + "content-type: application/json\r\ncontent-length: 24\r\n\r\n{\"text\":\"é 0000000041\"}");
        assertThat(second).endsWith("é 9999999999\"}");
    }

    @Test
    void aBodyWithoutAPlaceForTheNumberIsRefused() {
        assertThatThrownBy(() -> RequestTemplate.of(order("{}"))).hasMessageContaining("body");
    }
}
