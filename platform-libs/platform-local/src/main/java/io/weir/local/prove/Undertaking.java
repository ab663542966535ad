package io.weir.local.prove;

import io.weir.local.state.Layout;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Help.Ansi;

/// What one run of a proof is given.
///
/// @param directory of its own, for servers and data; empty, and deleted afterwards
/// @param lasting how long what takes as long as one likes takes
/// @param size in thousands of tenants, where the proof has a size
/// @param kills how many processes are killed, where some are; negative: as many as suit the proof
/// @param calls how many calls are made, where some are
/// @param callers how many of them at once; 0: as many as suit the proof
public record Undertaking(
        Layout layout,
        Path directory,
        Duration lasting,
        long seed,
        int size,
        int kills,
        int calls,
        int callers,
        PrintWriter out,
        Ansi ansi) {

    void say(String line) {
        out.println(line);
        out.flush();
    }

    /// A line of its own on paper; on a screen it replaces the one before.
    void progress(String line) {
        if (ansi.enabled()) {
            out.print("\r  " + line + "\u001b[K");
        } else {
            out.println("  " + line);
        }
        out.flush();
    }

    void endProgress() {
        if (ansi.enabled()) {
            out.println();
            out.flush();
        }
    }
}
