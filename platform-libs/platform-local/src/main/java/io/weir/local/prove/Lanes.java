package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.fleet.Rig.Setup;
import io.weir.local.prove.fleet.Rig.Size;
import io.weir.local.prove.lanes.Campaign;
import io.weir.local.prove.lanes.Companion;
import io.weir.local.prove.lanes.Lane;
import io.weir.local.prove.lanes.Report;
import io.weir.local.prove.lanes.Rivals;
import io.weir.local.prove.load.Customer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What Weir adds to a call, with authentication, budget and durable metering: the same calls directly, through nginx,
/// through Weir and through Portkey, in turns. Servers, services and their figures share this machine with what makes
/// the calls, so only what is compared within one run says something.
final class Lanes implements Proof {

    // More than all calls of a run can hold at once.
    private static final String CAP = "1000000";
    // Compiled as far as the machine can; all else is as with `weir up`.
    private static final List<String> AT_SPEED = List.of("-XX:+UseParallelGC");

    @Override
    public String name() {
        return "lanes";
    }

    @Override
    public String description() {
        return "What Weir adds: calls direct, by nginx, by Weir, by Portkey in turns: latency, rate, streams, processor time";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Path directory = undertaking.directory();
        try (Companion generator = Companion.generator(directory);
                Companion upstream = Companion.upstream(directory);
                Rivals rivals = Rivals.start(directory, System.getenv(), upstream);
                Trial trial = Trial.begin(undertaking, setup(upstream))) {
            Customer customer = trial.provision("lanes", CAP, 1);
            List<Lane> lanes = new ArrayList<>(List.of(Lane.direct(upstream), weir(trial.rig(), customer)));
            lanes.addAll(rivals.lanes());
            Report report = new Campaign(lanes, generator, upstream, undertaking.lasting(), undertaking::progress)
                    .run(rivals.absent());
            return outcome(undertaking, report);
        }
    }

    private static Setup setup(Companion upstream) {
        String provider = "http://127.0.0.1:" + upstream.port() + "/v1";
        return new Setup(
                new Size(1, 1), Map.of("orchestration", Map.of("weir.providers.openai.base-url", provider)), AT_SPEED);
    }

    private static Lane weir(Rig rig, Customer customer) {
        return new Lane(
                Lane.WEIR,
                "",
                URI.create(rig.gateway()).getPort(),
                Map.of("authorization", "Bearer " + customer.key()),
                rig.running());
    }

    private static Outcome outcome(Undertaking undertaking, Report report) throws IOException {
        List<String> lines = new ArrayList<>(report.lines());
        lines.addAll(
                List.of("", "Services and broker ran with `" + String.join(" ", AT_SPEED) + "`, one process each."));
        undertaking.endProgress();
        lines.forEach(undertaking::say);
        Results.write(
                undertaking.layout(),
                "Lanes",
                "./weir prove lanes --seconds " + undertaking.lasting().toSeconds(),
                lines);
        return new Outcome(report.isMet(), report.summary());
    }
}
