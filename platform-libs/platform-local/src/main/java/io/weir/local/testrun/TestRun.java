package io.weir.local.testrun;

import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The whole suite, as CI runs it: every module's build against one set of servers, then the end-to-end tests against
/// the packaged services.
public final class TestRun {

    private static final String LOCAL_MODULE = "platform-libs/platform-local";

    private final Layout layout;
    private final PrintWriter out;
    private final Maven maven;

    public TestRun(Layout layout, PrintWriter out) {
        this.layout = layout;
        this.out = out;
        this.maven = new Maven(layout.home(), out);
    }

    /// True when everything passed. `further` arguments go to Maven, such as `-pl tenant-service`; with some, the
    /// end-to-end tests are left out.
    public boolean run(List<String> further) throws IOException, InterruptedException {
        Instant begin = Instant.now();
        Path directory = PrivateFiles.directory(
                        layout.home().resolve(LOCAL_MODULE).resolve("target").resolve("test-servers"))
                .resolve(Long.toString(ProcessHandle.current().pid()));
        boolean built;
        try (TestServers servers = TestServers.start(directory)) {
            // Tests wait more than they compute: two modules at a time keep two cores busy.
            List<String> arguments = new ArrayList<>(
                    List.of("--threads=2", "--fail-at-end", "install", "-Dweir.test.servers=" + servers.description()));
            arguments.addAll(further);
            built = maven.run(arguments);
        } finally {
            DirectoryTree.delete(directory);
        }
        boolean endToEnd = built && further.isEmpty();
        if (endToEnd) {
            markBuilt(begin);
        }
        boolean passed = built && (!endToEnd || maven.run(List.of("verify", "-Pe2e", "-pl", LOCAL_MODULE)));
        return summarize(SuiteReport.since(layout.home(), begin), endToEnd) && passed;
    }

    /// Tells the `weir` script that there is nothing to build: the end-to-end tests call it.
    private void markBuilt(Instant begin) throws IOException {
        Path stamp = layout.home().resolve(LOCAL_MODULE).resolve("target").resolve("everything.stamp");
        Files.deleteIfExists(stamp);
        Files.createFile(stamp);
        Files.setLastModifiedTime(stamp, FileTime.from(begin));
    }

    private boolean summarize(List<SuiteReport> reports, boolean endToEnd) {
        out.println();
        out.println(String.format(Locale.ROOT, "%-44s %7s %7s %8s", "MODULE", "TESTS", "FAILED", "NOT RUN"));
        modules(reports)
                .forEach((module, sum) -> out.println(
                        String.format(Locale.ROOT, "%-44s %7d %7d %8d", module, sum.tests, sum.failed, sum.notRun)));
        List<String> notRun =
                reports.stream().flatMap(report -> report.notRun().stream()).toList();
        if (!notRun.isEmpty() || !endToEnd) {
            out.println("not run:");
            notRun.forEach(test -> out.println("  " + test));
        }
        if (!endToEnd) {
            out.println("  the end-to-end tests: they run when the whole build has passed; say `./weir test`");
        }
        List<String> causes =
                reports.stream().flatMap(report -> report.causes().stream()).toList();
        if (!causes.isEmpty()) {
            out.println("failed, with the errors that were logged meanwhile:");
            causes.forEach(cause -> out.println("  " + cause));
        }
        out.println("coverage rules: "
                + maven.coverage().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        Sum all = new Sum();
        reports.forEach(all::add);
        out.println(all.passed() + " passed, " + all.failed + " failed, " + all.notRun + " skipped");
        out.flush();
        return all.failed == 0;
    }

    private static Map<String, Sum> modules(List<SuiteReport> reports) {
        Map<String, Sum> modules = new TreeMap<>();
        for (SuiteReport report : reports) {
            modules.computeIfAbsent(report.module(), module -> new Sum()).add(report);
        }
        return modules;
    }

    private static final class Sum {
        private int tests;
        private int failed;
        private int notRun;

        void add(SuiteReport report) {
            tests += report.tests();
            failed += report.failed();
            notRun += report.notRun().size();
        }

        int passed() {
            return tests - failed - notRun;
        }
    }
}
