package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Generator;
import io.weir.local.prove.lanes.generator.Order;
import io.weir.local.prove.lanes.generator.Tally;
import io.weir.local.prove.lanes.upstream.FixedUpstream;
import io.weir.local.prove.lanes.upstream.Pace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program beside this one, asked and answering in lines of JSON. Compiled as far as the machine can, as what is
/// measured is. It ends with this process, or when closed. Not safe for use by several threads.
public final class Companion implements AutoCloseable {

    private static final int LOG_LINES = 20;
    private static final long GRACE_SECONDS = 5;

    private final Process process;
    private final Path log;
    private final BufferedReader output;
    private final Writer input;
    private final JsonNode greeting;

    private Companion(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.greeting = answer();
    }

    /// @param directory for its log
    public static Companion generator(Path directory) throws IOException {
        return start(Generator.class, directory.resolve("generator.log"));
    }

    /// @param directory for its log
    public static Companion upstream(Path directory) throws IOException {
        return start(FixedUpstream.class, directory.resolve("upstream.log"));
    }

    private static Companion start(Class<?> program, Path log) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName())
                .redirectError(log.toFile())
                .start();
        try {
            return new Companion(process, log);
        } catch (IOException | RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    Tally make(Order order) throws IOException {
        return JsonMapper.shared().treeToValue(ask(order), Tally.class);
    }

    void set(Pace pace) throws IOException {
        ask(pace);
    }

    private JsonNode ask(Object question) throws IOException {
        input.write(JsonMapper.shared().writeValueAsString(question) + "\n");
        input.flush();
        return answer();
    }

    // Whatever else it prints is none.
    private JsonNode answer() throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("{")) {
            line = output.readLine();
        }
        if (line == null) {
            List<String> words = Files.readAllLines(log);
            throw new IOException("a program beside this one ended early:\n"
                    + String.join("\n", words.subList(Math.max(0, words.size() - LOG_LINES), words.size())));
        }
        return JsonMapper.shared().readTree(line);
    }

    /// Where it listens; 0: nowhere.
    public int port() {
        return greeting.path("port").asInt(0);
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() {
        try {
            input.close();
            process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (IOException gone) {
            // it is ended below
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
