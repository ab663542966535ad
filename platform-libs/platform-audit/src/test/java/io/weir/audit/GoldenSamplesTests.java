package io.weir.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testing.GoldenSamples;
import io.weir.testing.GoldenSamples.Sample;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Recorded events are never edited; today's code must still read them, write them as they were, and hash
/// them to the same digest, or every log that was sealed would seem broken.
class GoldenSamplesTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Map<String, String> DIGESTS = Map.of(
            "019ab000-1111-7abc-8def-0123456789ab", "311205ded5e6963a91d7b6c9194ade408ef5ec7a44e80b14b271d6cee5ba7cc4",
            "019ab000-4444-7abc-8def-0123456789ab", "d7a73c630b8820cacf8d33309e57b386c2a618adff9ee6519e716c9cb7bf2fa4");

    static List<Sample> samples() {
        return GoldenSamples.of("tenant/audit.v1");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isReadAndWrittenBackTheSame(Sample sample) {
        assertThat(JSON.readTree(AuditCodec.write(read(sample)))).isEqualTo(JSON.readTree(sample.json()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void keepsItsDigest(Sample sample) {
        AuditEvent event = read(sample);
        assertThat(HexFormat.of().formatHex(event.digest()))
                .isEqualTo(DIGESTS.get(event.id().toString()));
    }

    @Test
    void anEventThatNamesTwoTenantsIsRefused() {
        ObjectNode two = (ObjectNode) JSON.readTree(samples().getFirst().json());
        two.put("tenantid", "019aa000-9999-7abc-8def-0123456789ab");
        assertThatThrownBy(() -> AuditCodec.read(JSON.writeValueAsBytes(two)))
                .isInstanceOf(MalformedAuditEventException.class)
                .hasMessageContaining("tenantid");
    }

    @Test
    void whatIsNoAuditEventIsRefused() {
        for (String bytes : List.of("", "{}", "[]", "null", "\u0000", "{\"type\": \"io.weir.access.v1\"}")) {
            assertThatThrownBy(() -> AuditCodec.read(bytes.getBytes(StandardCharsets.UTF_8)))
                    .as(bytes)
                    .isInstanceOf(MalformedAuditEventException.class);
        }
    }

    private static AuditEvent read(Sample sample) {
        return AuditCodec.read(sample.json().getBytes(StandardCharsets.UTF_8));
    }
}
