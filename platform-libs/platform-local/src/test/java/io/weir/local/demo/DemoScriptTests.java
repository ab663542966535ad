package io.weir.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScriptTests {

    @Test
    void theSameSeedAsksTheSame() {
        assertThat(allCalls(7)).isEqualTo(allCalls(7));
    }

    @Test
    void anotherSeedAsksSomethingElse() {
        assertThat(allCalls(7)).isNotEqualTo(allCalls(8));
    }

    @Test
    void everyCustomerMakesEveryKindOfCall() {
        for (long seed = 0; seed < 50; seed++) {
            DemoScript script = new DemoScript(seed);
            for (DemoScript.Role role : DemoScript.ROLES) {
                List<PlannedCall> calls = script.calls(role);
                assertThat(calls).extracting(PlannedCall::kind).contains("plain", "stream", "auto", "tool");
                assertThat(calls)
                        .filteredOn(call -> call.kind().equals("stream"))
                        .allSatisfy(
                                call -> assertThat(call.body().path("stream").asBoolean())
                                        .isTrue());
                assertThat(calls)
                        .filteredOn(call -> call.kind().equals("tool"))
                        .allSatisfy(call ->
                                assertThat(call.body().path("tools").size()).isEqualTo(1));
            }
        }
    }

    private static List<PlannedCall> allCalls(long seed) {
        DemoScript script = new DemoScript(seed);
        List<PlannedCall> all = new ArrayList<>();
        DemoScript.ROLES.forEach(role -> all.addAll(script.calls(role)));
        return all;
    }
}
