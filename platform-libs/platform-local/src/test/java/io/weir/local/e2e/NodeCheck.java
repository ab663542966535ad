package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// A program for Node that uses an SDK against the platform and prints one JSON line per finding.
final class NodeCheck {

    private final Path project;
    private final Map<String, JsonNode> findings = new HashMap<>();

    private NodeCheck(String name) {
        this.project = Path.of("target", name).toAbsolutePath();
    }

    /// Installs what `name/package.json` of the test resources lists, and runs `name/check.mjs`.
    ///
    /// @param poorKey of a tenant whose budget is spent
    static NodeCheck run(String name, String poorKey) throws IOException, InterruptedException {
        NodeCheck check = new NodeCheck(name);
        Files.createDirectories(check.project);
        for (String file : new String[] {"package.json", "check.mjs"}) {
            Files.copy(
                    Path.of("src/test/resources", name, file),
                    check.project.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        check.command("", "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock");
        for (String line : check.command(poorKey, "node", "check.mjs").lines().toList()) {
            JsonNode finding = Http.JSON.readTree(line);
            check.findings.put(finding.path("name").asString(), finding.path("value"));
        }
        return check;
    }

    JsonNode found(String name) {
        JsonNode finding = findings.get(name);
        assertThat(finding).as("finding " + name + " among " + findings).isNotNull();
        return finding;
    }

    private String command(String poorKey, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(project, "run", ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("WEIR_URL", Platform.gateway());
        builder.environment().put("WEIR_SIMULATOR", Platform.simulator());
        builder.environment().put("WEIR_KEY", Platform.demo("midsize-health").apiKey());
        builder.environment().put("WEIR_POOR_KEY", poorKey);
        Process process = builder.start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES))
                .as(command[0] + " ends")
                .isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
