package io.weir.local.cli;

import io.weir.local.state.Layout;
import io.weir.local.supervisor.ControlClient;
import io.weir.local.supervisor.Part;
import io.weir.local.supervisor.PartState;
import io.weir.local.supervisor.PartStatus;
import io.weir.local.supervisor.StatusReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// One line for each part when it gets ready or fails.
final class Progress {

    private static final int FAILURES_TO_GIVE_UP = 3;
    private static final int LOG_LINES = 15;

    private final PrintWriter out;
    private final Layout layout;
    private final boolean onlyNews;
    private final Map<String, String> shown = new HashMap<>();

    /// @param onlyNews nothing is said of parts that are ready from the start
    Progress(PrintWriter out, Layout layout, boolean onlyNews) {
        this.out = out;
        this.layout = layout;
        this.onlyNews = onlyNews;
    }

    /// True when all is ready; false, having said why, when a part keeps failing or the time is over.
    boolean follow(ControlClient supervisor, Duration within) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        boolean first = true;
        while (true) {
            StatusReport report = supervisor.status();
            for (PartStatus part : report.parts()) {
                show(part, first && onlyNews);
            }
            first = false;
            if (report.ready() && Files.exists(layout.platformFile())) {
                return true;
            }
            if (givenUp(report) || overdue(report, deadline)) {
                return false;
            }
            Pause.briefly();
        }
    }

    private void show(PartStatus part, boolean quietly) {
        String line = switch (part.state()) {
            case READY -> "ready   " + seconds(part.readyMillis() == null ? 0 : part.readyMillis());
            case FAILED -> "failed          " + part.detail();
            case WAITING, STARTING, STOPPED -> "";
        };
        String last = shown.put(part.name(), line);
        if (!line.isEmpty() && !line.equals(last) && !quietly) {
            out.println(String.format(Locale.ROOT, "  %-22s %s", part.name(), line));
            out.flush();
        }
    }

    private boolean givenUp(StatusReport report) throws IOException {
        for (PartStatus part : report.parts()) {
            if (part.failures() >= FAILURES_TO_GIVE_UP) {
                out.println(part.name() + " failed " + part.failures() + " times: " + part.detail());
                if (part.kind() != Part.Kind.STEP) {
                    LogTail.last(layout.log(part.name()), LOG_LINES).forEach(line -> out.println("  | " + line));
                }
                out.println("  fix: read `./weir logs " + part.name()
                        + "`; what runs goes on running, `./weir down` ends it");
                out.flush();
                return true;
            }
        }
        return false;
    }

    private boolean overdue(StatusReport report, long deadline) {
        if (System.nanoTime() - deadline < 0) {
            return false;
        }
        List<PartStatus> late = report.parts().stream()
                .filter(part -> part.state() != PartState.READY)
                .toList();
        out.println("not ready in time: " + late.stream().map(PartStatus::name).collect(Collectors.joining(", ")));
        out.println("  fix: read `./weir logs " + late.getFirst().name()
                + "`, or wait longer with --timeout; `./weir up` again goes on waiting");
        out.flush();
        return true;
    }

    static String seconds(long millis) {
        return String.format(Locale.ROOT, "%5.1f s", millis / 1000.0);
    }
}
