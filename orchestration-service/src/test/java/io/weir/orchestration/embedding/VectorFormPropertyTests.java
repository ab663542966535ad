package io.weir.orchestration.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.embedding.EmbeddingRequest.Format;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

class VectorFormPropertyTests {

    @Property
    void bothFormsHoldEveryValue(@ForAll @Size(min = 1, max = 50) int[] bits) {
        float[] vector = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            float value = Float.intBitsToFloat(bits[i]);
            // A zero has no sign in JSON's eyes.
            vector[i] = (Float.isFinite(value) ? value : i) + 0f;
        }
        for (Format format : Format.values()) {
            assertThat(VectorForm.read(WireJson.read(written(vector, format)))).isEqualTo(vector);
        }
    }

    @Property
    void base64IsThatOfLittleEndianSinglePrecision(@ForAll float value) {
        byte[] bytes = Base64.getDecoder().decode(VectorForm.encoded(new float[] {value}));
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"AACAfw==\"", "\"AADAfw==\"", "\"AAAA\"", "\"*\"", "[1, \"2\"]", "[1e39]", "{}", "5", "null"})
    void whatIsNoVectorOfFiniteNumbersIsRefused(String json) {
        assertThatThrownBy(() -> VectorForm.read(WireJson.read(json))).isInstanceOf(IllegalArgumentException.class);
    }

    private static String written(float[] vector, Format format) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonMapper.shared().createGenerator(text)) {
            VectorForm.write(vector, format, json);
        }
        return text.toString();
    }
}
