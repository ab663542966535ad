package io.weir.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.rampConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;

/// So many calls under way at every moment: when one ends, the next begins.
public final class ManyAtOnce extends Simulation {

    private static final int RAMP_SHARE = 4;

    private final Timings timings = new Timings();

    /// Gatling makes it.
    public ManyAtOnce() {
        Traffic traffic = Traffic.told();
        setUp(scenario("many at once")
                        .exec(Calls.next(traffic, timings))
                        .injectClosed(
                                rampConcurrentUsers(1)
                                        .to(traffic.concurrency())
                                        .during(traffic.lasting().dividedBy(RAMP_SHARE)),
                                constantConcurrentUsers(traffic.concurrency()).during(traffic.lasting())))
                .protocols(Calls.protocol(traffic));
    }

    @Override
    public void after() {
        System.out.println(timings.summary());
    }
}
