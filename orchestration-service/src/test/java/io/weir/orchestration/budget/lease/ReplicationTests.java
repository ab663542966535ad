package io.weir.orchestration.budget.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationTests {

    @ParameterizedTest
    @CsvSource({
        "on, '', 0, true",
        "on, 'ANY 1 (a, b)', 2, true",
        "remote_apply, a, 1, true",
        "on, '', 1, false",
        "local, a, 1, false",
        "off, '', 0, false",
        "off, a, 1, false"
    })
    void commitsThatMayBeLostAreARisk(String commits, String standbys, long replicas, boolean safe) {
        assertThat(Replication.risk(commits, standbys, replicas).isEmpty()).isEqualTo(safe);
    }
}
