package io.weir.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.proof.attack.Attack;
import io.weir.proof.attack.DatabaseAttacks;
import io.weir.proof.attack.Target;
import io.weir.proof.ground.Ground;
import io.weir.tenancy.Placement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every attack of the list that ends at the database, in every placement, as the login role of services.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseAttackIT {

    private Ground ground;

    @BeforeAll
    void prepare() throws SQLException {
        ground = Ground.prepare(TestGround.spec(4, 2, 1, 2));
    }

    @AfterAll
    void close() throws SQLException {
        ground.close();
    }

    static Stream<Arguments> attacks() {
        return Arrays.stream(Placement.values())
                .flatMap(placement -> DatabaseAttacks.all().stream().map(attack -> Arguments.of(placement, attack)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("attacks")
    void nothingOfAnotherTenantIsReached(Placement placement, Attack attack) throws SQLException {
        assertThat(attack.on(Target.in(ground, placement))).isEmpty();
    }
}
