package io.weir.local.testrun;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs Maven in the checkout, with the JDK of this process, and lets its output through.
final class Maven {

    /// How the coverage rules went, as far as Maven said.
    enum Coverage {
        NOT_CHECKED,
        MET,
        NOT_MET
    }

    private final Path home;
    private final PrintWriter out;
    private Coverage coverage = Coverage.NOT_CHECKED;

    Maven(Path home, PrintWriter out) {
        this.home = home;
        this.out = out;
    }

    Coverage coverage() {
        return coverage;
    }

    /// True when the build succeeded.
    boolean run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mvn", "--batch-mode", "--no-transfer-progress"));
        command.addAll(arguments);
        out.println("$ " + String.join(" ", command));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                out.println(line);
                out.flush();
                read(line);
            }
        }
        return process.waitFor() == 0;
    }

    private void read(String line) {
        if (line.contains("Coverage checks have not been met")) {
            coverage = Coverage.NOT_MET;
        } else if (line.contains("All coverage checks have been met") && coverage != Coverage.NOT_MET) {
            coverage = Coverage.MET;
        }
    }
}
