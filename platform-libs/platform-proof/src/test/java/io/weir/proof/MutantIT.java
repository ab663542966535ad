package io.weir.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.proof.ground.Ground;
import io.weir.proof.mutant.Caught;
import io.weir.proof.mutant.Mutant;
import io.weir.proof.mutant.Mutants;
import java.sql.SQLException;
import java.util.List;
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

    @Test
    void whatAnAttackDidToAMutantIsUndone() throws SQLException {
        List<String> before = ground.safeguards();
        // What is planted or changed would be in the way of every attack that follows.
        assertThat(caught("the policy checks nothing that is written")).anyMatch(by -> by.startsWith("attack"));
        assertThat(ground.safeguards()).isEqualTo(before);
    }

    @Test
    void aSearchFunctionIsAttackedByCallingIt() throws SQLException {
        assertThat(caught("the search function forgets the tenant"))
                .contains("attack: whatever may be executed and returns rows");
    }

    private List<String> caught(String name) throws SQLException {
        Mutant mutant = Mutants.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new Mutants(ground).caught(mutant).by();
    }
}
