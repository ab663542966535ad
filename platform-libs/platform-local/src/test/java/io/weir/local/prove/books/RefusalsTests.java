package io.weir.local.prove.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.books.Refusals.Judged;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Seen.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefusalsTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<Customer> CUSTOMERS = List.of(new Customer("tight", "t", "key", "1", 1));

    private final CapWalk cap = new CapWalk(Money.of("1"));

    private static Seen refused(int atSecond) {
        Instant at = NOON.plusSeconds(atSecond);
        return new Seen(
                0,
                Result.REFUSED,
                "r",
                429,
                "budget_exceeded",
                "This call may cost up to $0.15, and of the budget of $1 only $0.1 is left.",
                at.minusMillis(20),
                at);
    }

    private static Seen answered(int status, @Nullable String code, int fromSecond, int toSecond) {
        return new Seen(
                0,
                status == 200 ? Result.ANSWERED : Result.FAILED,
                "r",
                status,
                code,
                null,
                NOON.plusSeconds(fromSecond),
                NOON.plusSeconds(toSecond));
    }

    private Judged judge(Seen... seen) {
        return Refusals.judge(List.of(seen), CUSTOMERS, Map.of("t", cap));
    }

    @Test
    void aRefusalIsRightWhereItsCeilingDoesNotFit() {
        cap.hold("a", Money.of("0.9"), NOON);

        assertThat(judge(refused(60)).mistaken()).isZero();
        assertThat(judge(refused(60)).exceeded()).isEqualTo(1);
    }

    @Test
    void aRefusalIsFalseWhereItsCeilingFitsAllTheTime() {
        cap.hold("a", Money.of("0.9"), NOON);
        cap.resolve("a", Money.of("0.85"), NOON.plusSeconds(30));

        assertThat(judge(refused(60)).mistaken()).isEqualTo(1);
        assertThat(judge(refused(60)).examples().getFirst()).contains("at most $0.85 of $1");
        assertThat(judge(refused(31)).mistaken()).isZero();
    }

    @Test
    void aHoldThatTheLedgerHasOnlyAfterwardsCountsFromWhenItsCallWasSent() {
        cap.hold("a", Money.of("0.5"), NOON.plusSeconds(50));
        cap.resolve("a", Money.of("0.4"), NOON.plusSeconds(60));
        cap.hold("b", Money.of("0.4"), NOON.plusMillis(60_500));
        cap.resolve("b", Money.of("0.1"), NOON.plusSeconds(62));

        assertThat(judge(refused(60)).mistaken()).isZero();
        assertThat(judge(refused(60), call("b", 60_100)).mistaken()).isEqualTo(1);
        assertThat(judge(refused(60), call("b", 59_900)).mistaken()).isZero();
    }

    private static Seen call(String requestId, int sentMillis) {
        return new Seen(
                0,
                Result.ANSWERED,
                requestId,
                200,
                null,
                null,
                NOON.plusMillis(sentMillis),
                NOON.plusMillis(sentMillis + 3_000));
    }

    @Test
    void whatFailedBeforeTheLedgerKnewOfItMayHaveHeld() {
        cap.hold("a", Money.of("0.2"), NOON);
        cap.resolve("a", Money.of("0.7"), NOON.plusSeconds(1));

        assertThat(judge(refused(60)).mistaken()).isEqualTo(1);
        assertThat(judge(refused(60), answered(503, "ledger_unavailable", 59, 61))
                        .mistaken())
                .isZero();
        assertThat(judge(refused(60), answered(503, "ledger_unavailable", 20, 30))
                        .mistaken())
                .isEqualTo(1);
    }

    @Test
    void theLongestRecoveryLastsUntilCallsAreDecidedAgain() {
        Judged judged = judge(
                answered(503, "budget_recovering", 10, 11),
                answered(503, "budget_recovering", 12, 14),
                answered(200, null, 14, 15),
                answered(503, "budget_recovering", 20, 21));

        assertThat(judged.recovering()).isEqualTo(3);
        assertThat(judged.longestRecovery()).isEqualTo(Duration.ofSeconds(4));
    }
}
