package io.weir.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.proof.ground.Ground;
import io.weir.proof.mutant.Caught;
import io.weir.proof.mutant.Mutant;
import io.weir.proof.mutant.Mutants;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each safeguard, missing once: what cannot see that proves nothing when it sees nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutantIT {

    private Ground ground;

    @BeforeAll
    void prepare() throws SQLException {
        ground = Ground.prepare(TestGround.spec(4, 1, 1, 2));
    }

    @AfterAll
    void close() throws SQLException {
        ground.close();
    }

    @Test
    void thereAreTwentyAtLeast() {
        assertThat(Mutants.all()).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void nothingIsCaughtWhereNothingIsMissing() throws SQLException {
        assertThat(new Mutants(ground).caughtOfNone()).isEmpty();
    }

    static Stream<Mutant> mutants() {
        return Mutants.all().stream();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void everyMutantIsCaught(Mutant mutant) throws SQLException {
        Caught caught = new Mutants(ground).caughtAtAll(mutant);
        assertThat(caught.by()).isNotEmpty();
    }
}
