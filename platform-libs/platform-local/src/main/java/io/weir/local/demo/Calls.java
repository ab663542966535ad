package io.weir.local.demo;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes one customer's calls and shows each with the frame that its cost stream sent for it.
final class Calls {

    private static final Columns COLUMNS = new Columns("%-8s %-15s %-18s %-18s %12s %12s");

    private final PlatformApi api;
    private final String gateway;
    private final Screen screen;

    Calls(PlatformApi api, String gateway, Screen screen) {
        this.api = api;
        this.gateway = gateway;
        this.screen = screen;
    }

    /// What stands above all rows.
    void head() {
        screen.section("Their calls, as each customer's live cost stream shows them");
        screen.aside(COLUMNS.row("", "about", "asked for", "served by", "cost", "this month"));
    }

    /// In order, each after the one before was seen on the stream.
    List<MadeCall> make(Customer customer, List<PlannedCall> planned) throws IOException, InterruptedException {
        screen.line("");
        screen.strongRow(customer.name());
        List<MadeCall> made = new ArrayList<>();
        try (CostSocket socket = new CostSocket(gateway, customer.apiKey())) {
            socket.awaitRequests(0);
            for (PlannedCall call : planned) {
                MadeCall done = make(customer, call, socket);
                made.add(done);
                show(done);
            }
        }
        long slowest = made.stream().mapToLong(MadeCall::frameMillis).max().orElse(0);
        screen.aside("Each frame was here within " + slowest + " ms of the answer's end.");
        return made;
    }

    private MadeCall make(Customer customer, PlannedCall call, CostSocket socket)
            throws IOException, InterruptedException {
        Answer answer = api.post("/v1/chat/completions", customer.apiKey(), call.body());
        long answered = System.nanoTime();
        if (!answer.succeeded()) {
            throw Until.refused("a call of " + customer.slug() + " to " + call.model(), answer);
        }
        CostSocket.Tick tick = socket.awaitRequests(socket.requests() + 1);
        return new MadeCall(
                call,
                answer.header("x-request-id"),
                answer.header("x-served-model"),
                answer.header("x-route-reason"),
                tick.added(),
                tick.running(),
                (System.nanoTime() - answered) / 1_000_000);
    }

    private void show(MadeCall call) {
        screen.row(COLUMNS.row(
                call.planned().kind(),
                call.planned().about(),
                call.planned().model(),
                call.servedModel(),
                Screen.dollars(call.cost()),
                Screen.dollars(call.running())));
        if (call.planned().kind().equals("auto") && !call.reason().isEmpty()) {
            screen.aside(" ".repeat(9) + "because: " + call.reason().replaceFirst("^auto: ", ""));
        }
    }
}
