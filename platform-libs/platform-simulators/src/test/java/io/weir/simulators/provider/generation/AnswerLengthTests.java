package io.weir.simulators.provider.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerLengthTests {

    private static final int DRAWS = 20_000;

    @ParameterizedTest
    @EnumSource(TaskClass.class)
    void halfAreShorterThanTheMedianAndWellOverEightyPercentLieWithinAFifthOfIt(TaskClass task) {
        int[] lengths = IntStream.range(0, DRAWS)
                .map(seed -> AnswerLength.natural(task, seed * 7_919L))
                .sorted()
                .toArray();
        int median = task.medianTokens();
        assertThat(lengths[DRAWS / 2]).isCloseTo(median, Offset.offset(1 + median / 100));
        long near = Arrays.stream(lengths)
                .filter(length -> Math.abs(length - median) <= 0.2 * median)
                .count();
        assertThat(near / (double) DRAWS).isGreaterThan(0.95);
    }

    @ParameterizedTest
    @EnumSource(TaskClass.class)
    void theLogarithmsDeviateByTheSigmaThatTheDocumentationStates(TaskClass task) {
        double[] deviations = IntStream.range(0, DRAWS)
                .mapToDouble(seed -> Math.log(AnswerLength.natural(task, seed) / (double) task.medianTokens()))
                .toArray();
        double mean = Arrays.stream(deviations).average().orElseThrow();
        double variance = Arrays.stream(deviations)
                .map(deviation -> (deviation - mean) * (deviation - mean))
                .average()
                .orElseThrow();
        // Rounding to whole tokens widens the shortest class a little.
        assertThat(Math.sqrt(variance)).isBetween(0.077, 0.09);
    }

    @ParameterizedTest
    @EnumSource(TaskClass.class)
    void theSameSeedDrawsTheSameLengthAndReasoningIsADrawOfItsOwn(TaskClass task) {
        assertThat(AnswerLength.natural(task, 11)).isEqualTo(AnswerLength.natural(task, 11));
        long agreeing = IntStream.range(0, 1_000)
                .filter(seed -> Math.signum(AnswerLength.natural(task, seed) - task.medianTokens())
                        == Math.signum(2 * AnswerLength.reasoning(task, seed) - task.medianTokens()))
                .count();
        assertThat(agreeing).isBetween(200L, 800L);
    }
}
