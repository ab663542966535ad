package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/// How the provider simulator behaves.
final class Simulator {

    private Simulator() {}

    /// @param fields of a behaviour, without the braces
    static void behaves(String fields) {
        Http.Answer answer = Http.method("PUT", Platform.simulator() + "/_behaviour", null, "{" + fields + "}");
        assertThat(answer.status()).as(answer.shown()).isEqualTo(200);
    }

    static void behavesWell() {
        Http.method("DELETE", Platform.simulator() + "/_behaviour", null, "");
    }
}
