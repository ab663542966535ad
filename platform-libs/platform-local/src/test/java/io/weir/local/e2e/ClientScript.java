package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;

/// A program in another process that uses an SDK against the platform and prints one JSON line per finding.
///
/// Each lies in a directory of the test resources, with what pins its packages beside it.
final class ClientScript {

    private static final Map<String, String> NONE = Map.of();

    private final Path project;
    private final Map<String, JsonNode> findings = new HashMap<>();
    private List<Integer> answersWhileLimited = List.of();

    private ClientScript(String name) throws IOException {
        this.project = Path.of("target", name).toAbsolutePath();
        Files.createDirectories(project);
        try (Stream<Path> files = Files.list(Path.of("src/test/resources", name))) {
            for (Path file : files.toList()) {
                Files.copy(file, project.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /// Installs what `package-lock.json` pins, and runs `check.mjs`.
    ///
    /// @param poorKey of a tenant whose budget is spent
    static ClientScript node(String name, String poorKey) throws IOException, InterruptedException {
        ClientScript script = new ClientScript(name);
        script.execute(NONE, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        return script.run(poorKey, "node", "check.mjs");
    }

    /// Resolves what `pom.xml` names, apart from the class path of the tests, and runs `Check.java` on it.
    static ClientScript java(String name) throws IOException, InterruptedException {
        ClientScript script = new ClientScript(name);
        Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
        script.execute(jdk, "mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=class.path");
        String classPath =
                Files.readString(script.project.resolve("class.path")).strip();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return script.run("", java, "-XX:TieredStopAtLevel=1", "-cp", classPath, "Check.java");
    }

    /// Installs what `requirements.txt` pins into an environment of its own, and runs `check.py`. Where that cannot be
    /// done the tests are not run, and say why; with `WEIR_REQUIRE=all` they fail.
    static ClientScript python(String name, String poorKey) throws IOException, InterruptedException {
        ClientScript script = new ClientScript(name);
        try {
            script.execute(NONE, "python3", "-m", "venv", "environment");
            script.execute(NONE, "environment/bin/pip", "install", "--quiet", "-r", "requirements.txt");
        } catch (IOException | AssertionError missing) {
            String why =
                    "the Python client needs Python 3.9 or newer with venv (on Debian: apt-get install python3-venv)"
                            + " and the packages of " + name + "/requirements.txt: " + missing.getMessage();
            if ("all".equals(System.getenv("WEIR_REQUIRE"))) {
                throw new AssertionError(why, missing);
            }
            throw new TestAbortedException(why, missing);
        }
        return script.run(poorKey, "environment/bin/python", "check.py");
    }

    JsonNode found(String name) {
        JsonNode finding = findings.get(name);
        assertThat(finding).as("finding " + name + " among " + findings).isNotNull();
        return finding;
    }

    /// How the calls to `WEIR_LIMITED_URL` were answered, where a provider refuses the first one.
    List<Integer> answersWhileLimited() {
        return answersWhileLimited;
    }

    private ClientScript run(String poorKey, String... command) throws IOException, InterruptedException {
        try (Between between = Between.limitedOnce("openai")) {
            for (String line : command(poorKey, between, command).lines().toList()) {
                JsonNode finding = Http.JSON.readTree(line);
                findings.put(finding.path("name").asString(), finding.path("value"));
            }
            answersWhileLimited = between.statuses();
        }
        return this;
    }

    private String command(String poorKey, Between between, String... command)
            throws IOException, InterruptedException {
        return execute(
                Map.of(
                        "WEIR_URL", Platform.gateway(),
                        "WEIR_LIMITED_URL", between.url(),
                        "WEIR_SIMULATOR", Platform.simulator(),
                        "WEIR_KEY", Platform.demo("midsize-health").apiKey(),
                        "WEIR_POOR_KEY", poorKey),
                command);
    }

    private String execute(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(project, "run", ".out");
        Path errors = Files.createTempFile(project, "run", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectError(errors.toFile())
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command[0] + " does not end: " + Files.readString(errors));
        }
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text + Files.readString(errors)).isZero();
        return text;
    }
}
