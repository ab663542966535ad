package io.weir.local.prove;

import io.weir.local.state.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `loadtests/RESULTS.md`: one section for each measurement, the latest run of it.
final class Results {

    private static final String HEAD = "## ";

    private Results() {}

    /// Replaces the section, or adds it.
    static void write(Layout layout, String title, String command, List<String> lines) throws IOException {
        Path file = layout.home().resolve("loadtests").resolve("RESULTS.md");
        Files.createDirectories(file.resolveSibling("."));
        List<String> kept = new ArrayList<>();
        boolean inOld = false;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.of("# Results", "")) {
            if (line.startsWith(HEAD)) {
                inOld = line.equals(HEAD + title);
            }
            if (!inOld) {
                kept.add(line);
            }
        }
        while (!kept.isEmpty() && kept.getLast().isBlank()) {
            kept.removeLast();
        }
        kept.addAll(List.of(
                "",
                HEAD + title,
                "",
                "`" + command + "`, " + Instant.now().truncatedTo(ChronoUnit.MINUTES) + ", " + machine() + ".",
                ""));
        kept.addAll(lines);
        Files.write(file, kept);
    }

    /// What it ran on, and how busy that was.
    static String machine() throws IOException {
        Path memory = Path.of("/proc/meminfo");
        Path load = Path.of("/proc/loadavg");
        return String.format(
                Locale.ROOT,
                "%s %s, %d cores%s%s, Java %s",
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Files.exists(memory)
                        ? ", " + Files.readAllLines(memory).getFirst().replaceAll("\\s+", " ")
                        : "",
                Files.exists(load)
                        ? ", load average at the end " + Files.readString(load).split(" ")[0]
                        : "",
                System.getProperty("java.version"));
    }
}
