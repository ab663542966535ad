package io.weir.local.cli;

import io.weir.local.audit.AuditVerification;
import io.weir.local.audit.AuditVerification.Result;
import io.weir.local.platform.PlatformApi;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `weir audit verify`
@Command(
        name = "verify",
        description = {
            "Recomputes every record's digest and compares it with the signed checkpoints and their exports.",
            "Exit code 1 when a log does not hold; the first record that does not is named."
        },
        mixinStandardHelpOptions = true)
public final class AuditVerifyCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Option(names = "--tenant", paramLabel = "SLUG", description = "Only this tenant's log (default: all).")
    private @Nullable String tenant;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    AuditVerifyCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Layout layout = state.layout();
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.exists(layout.platformFile())) {
            spec.commandLine().getErr().println("The platform is not running. Start it with ./weir up.");
            return Exit.NOT_RUNNING;
        }
        JsonNode platform = JsonMapper.shared().readTree(PrivateFiles.read(layout.platformFile()));
        PrintWriter err = spec.commandLine().getErr();
        Result result;
        try (PlatformApi api = new PlatformApi(platform.path("gateway").asString())) {
            result = new AuditVerification(api, platform.path("adminKey").asString(), line -> tell(err, line))
                    .verify(tenant);
        }
        print(out, result);
        out.flush();
        return result.verified() ? Exit.DONE : Exit.FAILED;
    }

    private static void tell(PrintWriter err, String line) {
        err.println("  " + line);
        err.flush();
    }

    private void print(PrintWriter out, Result result) {
        if (json) {
            out.println(Json.text(result));
            return;
        }
        result.broken()
                .forEach(log -> out.println("broken: " + log.tenant() + ", record " + log.seq() + ": " + log.what()));
        out.println((result.verified() ? "verified: " : "not verified: ") + result.tenants() + " logs, "
                + result.events() + " records, " + result.checkpoints() + " checkpoints");
        if (!result.verified()) {
            out.println("fix: docs/runbooks/audit-broken.md says what each means and what to do");
        }
    }
}
