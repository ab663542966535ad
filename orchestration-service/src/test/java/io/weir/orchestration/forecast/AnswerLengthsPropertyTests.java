package io.weir.orchestration.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.task.TaskClass;
import io.weir.tenancy.TenantId;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AnswerLengthsPropertyTests {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());

    private static long draw(Random random, double median) {
        return Math.max(1, Math.round(median * Math.exp(0.1 * random.nextGaussian())));
    }

    @Property(tries = 200)
    void whatWasSeenIsExpectedAndHardlyAnythingIsShorterThanLow(
            @ForAll long seed, @ForAll @IntRange(min = 20, max = 3_000) int median) {
        Random random = new Random(seed);
        AnswerLengths lengths = new AnswerLengths();
        for (int i = 0; i < 30; i++) {
            lengths.observe(TENANT, TaskClass.SUMMARY, "m", draw(random, median), 0);
        }
        AnswerForecast forecast = lengths.of(TENANT, TaskClass.SUMMARY, "m");
        assertThat((double) forecast.expected()).isBetween(median * 0.85, median * 1.17);
        assertThat(forecast.low()).isGreaterThan(median / 10);
        for (int i = 0; i < 200; i++) {
            assertThat(draw(random, median)).isGreaterThanOrEqualTo(forecast.low());
        }
    }

    @Property(tries = 100)
    void aModelThatIsNewToATaskIsExpectedToReasonAsItDoesElsewhere(@ForAll long seed) {
        Random random = new Random(seed);
        AnswerLengths lengths = new AnswerLengths();
        for (int i = 0; i < 30; i++) {
            lengths.observe(TENANT, TaskClass.WRITING, "plain", draw(random, 700), 0);
            long seen = draw(random, 100);
            lengths.observe(TENANT, TaskClass.SUMMARY, "thinking", 2 * seen, seen);
        }
        assertThat((double) lengths.of(TENANT, TaskClass.WRITING, "thinking").expected())
                .isBetween(1_200.0, 1_700.0);
        assertThat((double) lengths.of(TENANT, TaskClass.WRITING, "unknown").expected())
                .isBetween(600.0, 850.0);
    }

    @Example
    void untilSomethingWasSeenThePriorIsStatedAsSuch() {
        AnswerLengths lengths = new AnswerLengths();
        assertThat(lengths.of(TENANT, TaskClass.CODE, "m")).isEqualTo(new AnswerForecast(1, 400, 0));
        assertThat(lengths.of(TENANT, TaskClass.CODE, "m").within(20)).isEqualTo(new AnswerForecast(1, 20, 0));
    }

    @Example
    void aLastingChangeIsFollowed() {
        AnswerLengths lengths = new AnswerLengths();
        for (int i = 0; i < 1_000; i++) {
            lengths.observe(TENANT, TaskClass.CODE, "m", 100, 0);
        }
        for (int i = 0; i < 80; i++) {
            lengths.observe(TENANT, TaskClass.CODE, "m", 400, 0);
        }
        assertThat(lengths.of(TENANT, TaskClass.CODE, "m").expected()).isBetween(380L, 430L);
    }

    @Example
    void anyNumberOfModelsTakesBoundedRoomAndNonsenseIsIgnored() {
        AnswerLengths lengths = new AnswerLengths();
        for (int i = 0; i < 10_000; i++) {
            lengths.observe(TENANT, TaskClass.CODE, "m" + i, 100, 0);
        }
        lengths.observe(TENANT, TaskClass.SUMMARY, "m", 0, 0);
        lengths.observe(TENANT, TaskClass.SUMMARY, "m", 5, 9);
        assertThat(lengths.of(TENANT, TaskClass.CODE, "new").expected()).isBetween(99L, 102L);
        assertThat(lengths.of(TENANT, TaskClass.SUMMARY, "m").observed()).isZero();
    }

    @Example
    void whatOneTenantTeachesNoOtherLearns() {
        AnswerLengths lengths = new AnswerLengths();
        TenantId other = new TenantId(UUID.randomUUID());
        AnswerForecast before = lengths.of(other, TaskClass.CODE, "m");
        for (int i = 0; i < 100; i++) {
            lengths.observe(TENANT, TaskClass.CODE, "m", 9_000, 4_000);
        }
        assertThat(lengths.of(TENANT, TaskClass.CODE, "m").observed()).isEqualTo(100);
        assertThat(lengths.of(other, TaskClass.CODE, "m")).isEqualTo(before);
    }

    @Example
    void tenantsThatCalledLongestAgoAreForgotten() {
        AnswerLengths lengths = new AnswerLengths();
        TenantId active = new TenantId(UUID.randomUUID());
        for (int i = 0; i < 3; i++) {
            lengths.observe(TENANT, TaskClass.CODE, "m", 100, 0);
            lengths.observe(active, TaskClass.CODE, "m", 100, 0);
        }
        for (int i = 0; i < 10_000; i++) {
            lengths.of(active, TaskClass.CODE, "m");
            lengths.observe(new TenantId(UUID.randomUUID()), TaskClass.CODE, "m", 100, 0);
        }
        assertThat(lengths.of(TENANT, TaskClass.CODE, "m").observed()).isZero();
        assertThat(lengths.of(active, TaskClass.CODE, "m").observed()).isEqualTo(3);
    }
}
