package io.weir.local.cli;

import io.weir.local.keys.KeyKind;
import io.weir.local.keys.KeyRing;
import io.weir.local.keys.KeyRings;
import io.weir.local.keys.KeyState;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir keys`
@Command(
        name = "keys",
        description = {
            "Shows, rotates and retires the keys of the platform while it runs; no call fails meanwhile.",
            "Kinds: pepper, passport, snapshot, audit, envelope, provider. A service signs passports and snapshots",
            "with one key: rotating either rotates both."
        },
        footer = {
            "",
            "./weir keys status",
            "./weir keys rotate pepper",
            "./weir keys rotate passport --service gateway",
            "./weir keys retire pepper p0001"
        },
        mixinStandardHelpOptions = true)
public final class KeysCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(index = "0", paramLabel = "status|rotate|retire", description = "What to do.")
    private String verb = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "KIND", description = "Of which kind.")
    private @Nullable String kind;

    @Parameters(index = "2", arity = "0..1", paramLabel = "ID", description = "Which key is to be retired.")
    private @Nullable String id;

    @Option(names = "--service", paramLabel = "NAME", description = "Whose signing key (default: of every service).")
    private @Nullable String service;

    @Option(names = "--force", description = "Retire it although something depends on it.")
    private boolean force;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    KeysCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Layout layout = state.layout();
        PrintWriter out = spec.commandLine().getOut();
        if (ControlClient.find(layout.controlFile()).isEmpty() || !Files.exists(layout.platformFile())) {
            spec.commandLine().getErr().println("Weir is not running. Start it with ./weir up");
            return Exit.NOT_RUNNING;
        }
        KeyRing keys =
                KeyRings.of(layout, step -> tell(json ? spec.commandLine().getErr() : out, step));
        switch (verb) {
            case "status" -> {}
            case "rotate" ->
                keys.rotate(kind(), service == null ? KeyRings.services() : List.of(KeyRings.service(service)));
            case "retire" -> keys.retire(kind(), id(), force);
            default ->
                throw new IllegalArgumentException("verb: '" + verb + "' (expected one of: status, rotate, retire)");
        }
        show(out, keys.status());
        return Exit.DONE;
    }

    private KeyKind kind() {
        return KeyKind.of(kind == null ? "" : kind);
    }

    private String id() {
        if (id == null) {
            throw new IllegalArgumentException("id: none (expected: one that ./weir keys status lists)");
        }
        return id;
    }

    private static void tell(PrintWriter out, String step) {
        out.println("  " + step);
        out.flush();
    }

    private void show(PrintWriter out, List<KeyState> all) {
        if (json) {
            out.println(Json.text(all));
            return;
        }
        String form = "%-9s %-14s %-13s %-8s %-25s %s";
        out.println(String.format(Locale.ROOT, form, "KIND", "OWNER", "ID", "CURRENT", "SINCE", "USED BY"));
        for (KeyState key : all) {
            String since = key.since().replaceAll("\\.\\d+Z$", "Z");
            out.println(String.format(
                    Locale.ROOT,
                    form,
                    key.kind(),
                    key.owner(),
                    key.id(),
                    key.current() ? "yes" : "",
                    since,
                    key.use()));
        }
    }
}
