package io.weir.orchestration.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.orchestration.lane.TenantTokens.Allowance;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TenantTokensTests {

    private static final TenantId TENANT = new TenantId(new UUID(0, 1));
    private static final TenantId OTHER = new TenantId(new UUID(0, 2));

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger instances = new AtomicInteger(1);
    private final TenantTokens tokens = new TenantTokens(instances::get, now::get, new SimpleMeterRegistry());

    private void refuses(long limit, long wanted, Duration least) {
        assertThatThrownBy(() -> tokens.take(TENANT, limit, wanted)).isInstanceOfSatisfying(LaneFull.class, full -> {
            assertThat(full.problem().type()).isEqualTo(ProblemType.RATE_LIMIT_EXCEEDED);
            assertThat(full.retryAfter()).isBetween(least, least.plusMillis(100));
            assertThat(full.mayFitElsewhere()).isFalse();
        });
    }

    @Test
    void aMinutesTokensCanBeUsedAtOnceAndComeBackEvenly() {
        tokens.take(TENANT, 6_000L, 6_000);
        refuses(6_000, 100, Duration.ofSeconds(1));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        tokens.take(TENANT, 6_000L, 100);
        refuses(6_000, 100, Duration.ofSeconds(1));
        tokens.take(OTHER, 6_000L, 6_000);
    }

    @Test
    void whatWasUsedCountsInPlaceOfWhatWasExpected() {
        tokens.take(TENANT, 6_000L, 6_000);
        tokens.correct(TENANT, 6_000L, -5_900);
        assertThat(tokens.allowance(TENANT, 6_000L)).isEqualTo(new Allowance(6_000, 5_900, Duration.ofSeconds(1)));
        tokens.correct(TENANT, 6_000L, 5_900 + 600);
        refuses(6_000, 100, Duration.ofSeconds(7));
    }

    @Test
    void instancesHaveEqualParts() {
        instances.set(3);
        tokens.take(TENANT, 6_000L, 2_000);
        refuses(6_000, 100, Duration.ofSeconds(3));
        instances.set(1);
        assertThat(tokens.allowance(TENANT, 6_000L))
                .extracting(Allowance::remaining)
                .isEqualTo(0L);
    }

    @Test
    void aCallThatIsLargerThanTheLimitNeedsAllOfIt() {
        tokens.take(TENANT, 600L, 5_000);
        refuses(600, 1, Duration.ofMinutes(1));
    }

    @Test
    void withoutALimitNothingIsCountedAndWithNoneAtAllNothingMayBeUsed() {
        tokens.take(TENANT, null, Long.MAX_VALUE);
        assertThat(tokens.allowance(TENANT, null)).isNull();
        refuses(0, 1, Duration.ofMinutes(1));
    }
}
