package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.money.Amount;
import io.weir.testing.GoldenSamples;
import io.weir.testing.GoldenSamples.Sample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Recorded events are never edited; today's code must still read them, and write them as they were.
class GoldenSamplesTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Map<String, Class<? extends UsageEvent>> CONTRACTS = Map.of(
            "orchestration/usage-held.v1", Held.class,
            "orchestration/usage-settled.v1", Settled.class,
            "orchestration/usage-released.v1", Released.class,
            "orchestration/usage-tick.v1", Tick.class);

    static Stream<Arguments> samples() {
        return CONTRACTS.entrySet().stream()
                .flatMap(contract -> GoldenSamples.of(contract.getKey()).stream()
                        .map(sample -> Arguments.of(contract.getValue(), sample)));
    }

    static List<Sample> settlements() {
        return GoldenSamples.of("orchestration/usage-settled.v1");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isReadAndWrittenBackTheSame(Class<? extends UsageEvent> type, Sample sample) {
        UsageRecord usage = read(sample);
        assertThat(usage.data()).isInstanceOf(type);
        assertThat(JSON.readTree(LedgerCodec.write(usage))).isEqualTo(JSON.readTree(sample.json()));
    }

    @ParameterizedTest
    @MethodSource("settlements")
    void aSettlementIsTheExactSumOfItsLines(Sample sample) {
        Settled settled = (Settled) read(sample).data();
        assertThat(settled.attempts()).allSatisfy(attempt -> {
            assertThat(attempt.lines()).allSatisfy(line -> {
                assertThat(line.cost()).isEqualTo(line.rate().times(line.quantity()));
                assertThat(attempt.buckets().of(line.meter())).isEqualTo(line.quantity());
            });
            assertThat(attempt.cost())
                    .isEqualTo(attempt.lines().stream()
                            .map(Attempt.PricedLine::cost)
                            .reduce(Amount.ZERO, Amount::plus));
        });
        assertThat(settled.cost())
                .isEqualTo(settled.attempts().stream().map(Attempt::cost).reduce(Amount.ZERO, Amount::plus));
    }

    @Test
    void aTickBelongsToNoTenant() {
        assertThat(GoldenSamples.of("orchestration/usage-tick.v1"))
                .allSatisfy(sample -> assertThat(read(sample).tenantid()).isNull());
    }

    private static UsageRecord read(Sample sample) {
        return LedgerCodec.read(sample.json().getBytes(StandardCharsets.UTF_8));
    }
}
