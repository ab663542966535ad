package io.weir.loadtests;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.core.CoreDsl.stressPeakUsers;

import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A day in the time given: hardly anything at night, a peak before noon and one after, and two bursts.
public final class CompressedDay extends Simulation {

    // Share of the average in each three hours; they add up to 8.
    private static final double[] CURVE = {0.2, 0.2, 0.8, 1.9, 1.4, 1.8, 1.1, 0.6};
    private static final int BURST_SECONDS = 3;
    private static final int[] BURSTS_BEFORE = {3, 6};

    private final Timings timings = new Timings();

    /// Gatling makes it.
    public CompressedDay() {
        Traffic traffic = Traffic.told();
        setUp(scenario("a day").exec(Calls.next(traffic, timings)).injectOpen(day(traffic)))
                .protocols(Calls.protocol(traffic));
    }

    private static List<OpenInjectionStep> day(Traffic traffic) {
        List<OpenInjectionStep> steps = new ArrayList<>();
        // Ramps are reckoned in whole seconds.
        Duration step = Duration.ofSeconds(Math.max(1, traffic.lasting().toSeconds() / (CURVE.length * 2L)));
        for (int i = 0; i < CURVE.length; i++) {
            double now = CURVE[i] * traffic.rate();
            double next = CURVE[(i + 1) % CURVE.length] * traffic.rate();
            for (int burst : BURSTS_BEFORE) {
                if (i == burst) {
                    int calls = (int) Math.max(1, Math.ceil(now * BURST_SECONDS * 3));
                    steps.add(stressPeakUsers(calls).during(BURST_SECONDS));
                }
            }
            steps.add(constantUsersPerSec(now).during(step));
            steps.add(rampUsersPerSec(now).to(next).during(step));
        }
        return steps;
    }

    @Override
    public void after() {
        System.out.println(timings.summary());
    }
}
