package io.weir.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.proof.ground.Ground;
import io.weir.proof.mutant.Mutants;
import io.weir.proof.storm.Sightings;
import io.weir.proof.storm.Storm;
import io.weir.proof.storm.Weather;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The short form of `./weir prove isolation`: its storm, and the storm with the fault that must be seen.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IsolationProofIT {

    private static final Weather SHORT = new Weather(Duration.ofSeconds(10), 16, 42);

    private Ground ground;

    @BeforeAll
    void prepare() throws SQLException {
        ground = Ground.prepare(TestGround.spec(160, 36, 4, 8));
    }

    @AfterAll
    void close() throws SQLException {
        ground.close();
    }

    @Test
    void twoHundredTenantsOnEightConnectionsSeeOnlyTheirOwnRows() throws SQLException {
        Sightings sightings = new Storm(ground, SHORT).blow(soFar -> {});
        assertThat(sightings.seen()).as(sightings.first()).isZero();
        assertThat(sightings.changed()).isZero();
        assertThat(sightings.own()).isGreaterThan(1_000);
        assertThat(sightings.cancelled()).isPositive();
        assertThat(sightings.failed()).isLessThan(sightings.calls() / 4);
    }

    @Test
    void theSameStormSeesOneRowInFiveHundredThatIsLetThrough() throws SQLException {
        try (Ground faulty = Ground.prepare(TestGround.spec(12, 4, 1, 4))) {
            new Mutants(faulty).seedTheControl();
            Sightings sightings = new Storm(faulty, new Weather(Duration.ofSeconds(3), 16, 42)).blow(soFar -> {});
            assertThat(sightings.clean()).isFalse();
        }
    }

    @Test
    void aResultCountsOnlyWithItsControlAndEveryMutantCaught() {
        assertThat(new IsolationResult(0, 0, 30, 30, true).proven()).isTrue();
        assertThat(new IsolationResult(0, 0, 30, 30, false).proven()).isFalse();
        assertThat(new IsolationResult(0, 0, 30, 29, true).proven()).isFalse();
        assertThat(new IsolationResult(0, 0, 19, 19, true).proven()).isFalse();
        assertThat(new IsolationResult(1, 0, 30, 30, true).proven()).isFalse();
        assertThat(new IsolationResult(0, 1, 30, 30, true).proven()).isFalse();
    }
}
