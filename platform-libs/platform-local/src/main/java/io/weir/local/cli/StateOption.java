package io.weir.local.cli;

import io.weir.local.state.Layout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--state-dir`, which every command takes.
public final class StateOption {

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Where the platform keeps its state (default: .weir in the checkout).")
    private @Nullable Path directory;

    Layout layout() {
        Path home = Path.of(System.getProperty("weir.home", "")).toAbsolutePath();
        return new Layout(home, directory == null ? home.resolve(".weir") : directory.toAbsolutePath());
    }
}
