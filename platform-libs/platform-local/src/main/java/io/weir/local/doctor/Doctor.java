package io.weir.local.doctor;

import io.weir.local.process.PortHolder;
import io.weir.local.state.InvalidPortException;
import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at everything that the platform needs of a machine.
public final class Doctor {

    private static final int JDK_WANTED = 25;
    private static final int NODE_WANTED = 20;
    private static final long MEMORY_NEEDED_MEGABYTES = 3_500;
    private static final long DISK_NEEDED_MEGABYTES = 4_000;
    private static final Instant EARLIEST_SANE_TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Layout layout;
    private final Map<String, String> environment;
    private final boolean running;

    /// @param running whether the platform runs, and so holds its ports itself
    public Doctor(Layout layout, Map<String, String> environment, boolean running) {
        this.layout = layout;
        this.environment = environment;
        this.running = running;
    }

    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(system());
        findings.add(jdk());
        findings.add(maven());
        findings.add(node());
        findings.add(memory());
        findings.add(disk());
        findings.add(clock());
        findings.addAll(ports());
        return findings;
    }

    private static Finding system() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return system.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")
                ? Finding.ok("system", system)
                : Finding.failed(
                        "system", system, "the embedded servers come for Linux on x86-64; use such a machine or a VM");
    }

    private static Finding jdk() {
        int feature = Runtime.version().feature();
        String detail = Runtime.version() + " in " + System.getProperty("java.home");
        if (feature >= JDK_WANTED) {
            return Finding.ok("jdk", detail);
        }
        return Finding.failed("jdk", detail, "install JDK 25 and point JAVA_HOME at it");
    }

    private static Finding maven() {
        String said = output("mvn", "--batch-mode", "--version");
        return said.contains("Apache Maven")
                ? Finding.ok("maven", said.lines().findFirst().orElse(""))
                : Finding.failed("maven", "mvn is not to be found", "install Maven 3.8.7 or newer and put it on PATH");
    }

    private static Finding node() {
        String said = output("node", "--version").strip();
        Matcher version = VERSION.matcher(said);
        if (version.find() && Integer.parseInt(version.group(1)) >= NODE_WANTED) {
            return Finding.ok("node", said);
        }
        return Finding.failed(
                "node",
                said.isEmpty() ? "node is not to be found" : said,
                "install Node " + NODE_WANTED + " or newer; npm fetches ClickHouse's engine at the first start");
    }

    private static Finding memory() {
        try {
            long kilobytes = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
            long megabytes = kilobytes / 1024;
            return megabytes >= MEMORY_NEEDED_MEGABYTES
                    ? Finding.ok("memory", megabytes + " MB available")
                    : Finding.warning(
                            "memory",
                            megabytes + " MB available, about " + MEMORY_NEEDED_MEGABYTES + " MB are used",
                            "end other programs");
        } catch (IOException e) {
            return Finding.warning("memory", "cannot be read on this system", "have 4 GB free");
        }
    }

    private Finding disk() {
        try {
            Path existing = Files.exists(layout.state()) ? layout.state() : layout.home();
            long megabytes = Files.getFileStore(existing).getUsableSpace() >> 20;
            return megabytes >= DISK_NEEDED_MEGABYTES
                    ? Finding.ok("disk", megabytes + " MB free at " + existing)
                    : Finding.failed("disk", megabytes + " MB free at " + existing, "make room: 4 GB are needed");
        } catch (IOException e) {
            return Finding.warning("disk", "cannot be read: " + e.getMessage(), "have 4 GB free");
        }
    }

    private static Finding clock() {
        Instant now = Instant.now();
        return now.isAfter(EARLIEST_SANE_TIME)
                ? Finding.ok("clock", now + " UTC")
                : Finding.failed("clock", now + " lies in the past", "set the clock: keys and budgets go by it");
    }

    private List<Finding> ports() {
        if (running) {
            return List.of(Finding.ok("ports", "held by the running platform"));
        }
        try {
            return takenPorts(Ports.fromEnvironment(environment));
        } catch (InvalidPortException e) {
            return List.of(Finding.failed("ports", String.valueOf(e.getMessage()), "correct or unset the variable"));
        }
    }

    private static List<Finding> takenPorts(Ports ports) {
        List<Finding> taken = new ArrayList<>();
        for (Port port : Port.values()) {
            int number = ports.of(port);
            if (!PortHolder.isFree(number)) {
                String holder = PortHolder.of(number)
                        .map(found -> "process " + found.pid() + " (" + found.command() + ")")
                        .orElse("a process that this user may not look at");
                taken.add(Finding.failed(
                        "port " + number,
                        port.title() + "'s port is held by " + holder,
                        "end that process, or set WEIR_PORT_" + port.name()));
            }
        }
        return taken.isEmpty() ? List.of(Finding.ok("ports", "all free")) : taken;
    }

    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean succeeded = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
            return succeeded ? COLOUR.matcher(said).replaceAll("") : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
