package io.weir.proof;

import io.weir.proof.ground.Cluster;
import io.weir.proof.ground.Spec;
import io.weir.testing.Infrastructure;

/// Where the tests of this module fight.
final class TestGround {

    private TestGround() {}

    static Spec spec(int pool, int bridge, int silo, int connections) {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        return new Spec(
                new Cluster(postgres.host(), postgres.port(), postgres.superuser(), postgres.password()),
                Infrastructure.freshName("proof"),
                "it's a password",
                pool,
                bridge,
                silo,
                connections);
    }
}
