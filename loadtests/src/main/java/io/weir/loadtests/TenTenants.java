package io.weir.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;

/// So many calls a second, evenly, whoever is slow.
public final class TenTenants extends Simulation {

    /// Gatling makes it.
    public TenTenants() {
        Traffic traffic = Traffic.told();
        setUp(scenario("ten tenants")
                        .exec(Calls.next(traffic))
                        .injectOpen(constantUsersPerSec(traffic.rate()).during(traffic.lasting())))
                .protocols(Calls.protocol(traffic));
    }
}
