package io.weir.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.GoldenSamples;
import io.weir.testing.GoldenSamples.Sample;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Recorded snapshots are never edited; today's code must still read them, and write them as they were.
class GoldenSamplesTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    static Stream<Arguments> samples() {
        return Stream.of(
                        SnapshotTopic.TENANTS,
                        SnapshotTopic.API_KEYS,
                        SnapshotTopic.PROVIDER_KEYS,
                        SnapshotTopic.PLANS,
                        SnapshotTopic.PRICE_BOOKS,
                        SnapshotTopic.BUDGETS,
                        SnapshotTopic.SEALED_HOURS,
                        SnapshotTopic.TENANT_RESTRICTIONS,
                        SnapshotTopic.TRAFFIC_SPLITS)
                .flatMap(topic -> GoldenSamples.of(topic.owner() + "/" + topic.suffix()).stream()
                        .map(sample -> Arguments.of(topic, sample)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isReadAndWrittenBackTheSame(SnapshotTopic<?> topic, Sample sample) {
        Object snapshot = read(topic, sample.json());
        assertThat(JSON.readTree(SnapshotJson.write(snapshot))).isEqualTo(JSON.readTree(sample.json()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aFieldFromALaterVersionIsIgnored(SnapshotTopic<?> topic, Sample sample) {
        ObjectNode later = (ObjectNode) JSON.readTree(sample.json());
        later.putObject("addedLater").put("a", 1);
        assertThat(read(topic, later.toString())).isEqualTo(read(topic, sample.json()));
    }

    private static Object read(SnapshotTopic<?> topic, String json) {
        return SnapshotJson.read(json.getBytes(StandardCharsets.UTF_8), topic.type());
    }
}
