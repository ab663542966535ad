package io.weir.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;

/// So many calls a second, evenly, whoever is slow.
public final class TenTenants extends Simulation {

    private final Timings timings = new Timings();

    /// Gatling makes it.
    public TenTenants() {
        Traffic traffic = Traffic.told();
        setUp(scenario("ten tenants")
                        .exec(Calls.next(traffic, timings))
                        .injectOpen(constantUsersPerSec(traffic.rate()).during(traffic.lasting())))
                .protocols(Calls.protocol(traffic));
    }

    @Override
    public void after() {
        System.out.println(timings.summary());
    }
}
