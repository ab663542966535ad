package io.weir.orchestration.budget.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.budget.lease.Turns.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTests {

    @Test
    void whoWantsOftenDoesNotKeepOthersWaiting() {
        Turns<Integer> turns = new Turns<>(2);
        for (int one = 0; one < 1_000; one++) {
            turns.enter(Kind.TELLING, one);
        }
        List<Integer> served = new ArrayList<>();
        while (served.size() < 1_000) {
            Integer one = turns.next(Kind.TELLING);
            assertThat(one).isNotNull();
            served.add(one);
            turns.end(Kind.TELLING);
            turns.enter(Kind.TELLING, one);
        }
        assertThat(served).doesNotHaveDuplicates();
    }

    @Test
    void eachKindHasItsOwnNumberAtOnce() {
        Turns<String> turns = new Turns<>(1);
        for (Kind kind : Kind.values()) {
            turns.enter(kind, "a");
            turns.enter(kind, "b");
            assertThat(turns.next(kind)).isEqualTo("a");
            assertThat(turns.next(kind)).isNull();
        }
        turns.end(Kind.ENDING);
        assertThat(turns.next(Kind.ENDING)).isEqualTo("b");
        assertThat(turns.next(Kind.TELLING)).isNull();
    }

    @Test
    void oneIsInLineOnce() {
        Turns<String> turns = new Turns<>(5);
        turns.enter(Kind.ENDING, "a");
        turns.enter(Kind.ENDING, "a");
        assertThat(turns.next(Kind.ENDING)).isEqualTo("a");
        assertThat(turns.next(Kind.ENDING)).isNull();
    }
}
