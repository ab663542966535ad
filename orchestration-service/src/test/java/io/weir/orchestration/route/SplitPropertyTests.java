package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class SplitPropertyTests {

    private static String first(Split split, String requestId) {
        return split.models(requestId, model -> true).getFirst();
    }

    @Property
    void aCallIsDrawnEquallyEverywhereAndOnlyAmongModelsWithAWeightThatAreOffered(
            @ForAll @Size(min = 1, max = 5)
                    Map<@AlphaChars @StringLength(min = 1, max = 4) String, @IntRange(max = 9) Integer> weights,
            @ForAll Set<@AlphaChars @StringLength(min = 1, max = 4) String> missing,
            @ForAll String requestId) {
        List<String> drawn = new Split("s", weights).models(requestId, model -> !missing.contains(model));
        assertThat(drawn)
                .isEqualTo(new Split("s", new HashMap<>(weights)).models(requestId, model -> !missing.contains(model)))
                .containsExactlyInAnyOrderElementsOf(weights.entrySet().stream()
                        .filter(entry -> entry.getValue() > 0 && !missing.contains(entry.getKey()))
                        .map(Map.Entry::getKey)
                        .toList());
    }

    @Property
    void aLargerWeightMovesCallsToItsModelAlone(
            @ForAll @IntRange(min = 1, max = 50) int before,
            @ForAll @IntRange(min = 1, max = 50) int more,
            @ForAll String requestId) {
        String then = first(new Split("s", Map.of("a", before, "b", 20, "c", 30)), requestId);
        String now = first(new Split("s", Map.of("a", before + more, "b", 20, "c", 30)), requestId);
        assertThat(now).isIn(then, "a");
    }

    @Example
    void modelsGetTheirShareOfTheCalls() {
        Split split = new Split("s", Map.of("a", 90, "b", 9, "c", 1, "d", 0));
        Map<String, Long> counts = new HashMap<>();
        IntStream.range(0, 20_000).forEach(i -> counts.merge(first(split, "0199-" + i), 1L, Long::sum));
        assertThat(counts).containsOnlyKeys("a", "b", "c");
        assertThat(counts.get("a")).isCloseTo(18_000L, within(180L));
        assertThat(counts.get("b")).isCloseTo(1_800L, within(160L));
        assertThat(counts.get("c")).isCloseTo(200L, within(60L));
    }

    @Example
    void aWeightBelowZeroIsNamed() {
        assertThatThrownBy(() -> new Split("house", Map.of("a", -1)))
                .hasMessageContaining("weir.routing.splits.house.a: -1");
    }
}
