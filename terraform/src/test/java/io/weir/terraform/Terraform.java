package io.weir.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The Terraform program, where it is: what `TERRAFORM` names, else `terraform` or `tofu` on the path.
final class Terraform {
    /// The directory of the modules.
    static final Path HOME = Path.of("").toAbsolutePath();

    private final Path program;

    private Terraform(Path program) {
        this.program = program;
    }

    /// Ends the test as not run where there is no such program; fails it where everything is required.
    static Terraform orNotRun() {
        Optional<Path> found = find();
        if (found.isEmpty()) {
            String message = "not run: terraform 1.11 or newer is not on the path; get it from"
                    + " https://developer.hashicorp.com/terraform/install, or name the program in TERRAFORM";
            if ("all".equals(System.getenv("WEIR_REQUIRE"))) {
                throw new AssertionError(message);
            }
            Assumptions.abort(message);
        }
        return new Terraform(found.orElseThrow());
    }

    private static Optional<Path> find() {
        String named = System.getenv("TERRAFORM");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(directory -> Stream.of(Path.of(directory, "terraform"), Path.of(directory, "tofu")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Runs it in a directory of the modules and answers what it printed; fails the test if its exit code
    /// is not 0.
    String run(Path directory, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path target = HOME.resolve("target/terraform");
        Path data = target.resolve(HOME.relativize(directory).toString().replace('/', '_') + "-data");
        Files.createDirectories(data);
        Path empty = target.resolve("empty.tfrc");
        Files.writeString(empty, "");
        Path output = Files.createTempFile(target, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TF_") || name.startsWith("AWS_"));
        builder.environment().put("TF_DATA_DIR", data.toString());
        builder.environment().put("TF_CLI_CONFIG_FILE", empty.toString());
        builder.environment().put("CHECKPOINT_DISABLE", "1");
        builder.environment().put("TF_IN_AUTOMATION", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        assertThat(ended)
                .as("%s ended within two minutes: %s", command, printed)
                .isTrue();
        assertThat(process.exitValue())
                .as("%s in %s: %s", command, HOME.relativize(directory), printed)
                .isZero();
        return printed;
    }
}
