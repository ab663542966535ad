package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import tools.jackson.databind.JsonNode;

/// One platform for all end-to-end tests, on random ports, started by the command that operators use and taken down
/// when the last test is over.
public final class Platform implements LauncherSessionListener {

    private static final Path HOME =
            Path.of(System.getProperty("weir.home", "../..")).toAbsolutePath().normalize();
    private static final Path STATE = Path.of("target", "e2e").toAbsolutePath();
    private static final Duration UP_LIMIT = Duration.ofMinutes(8);

    /// What a command printed, and how it ended.
    record Finished(int exitCode, String output) {}

    /// A tenant that a test may use.
    record Tenant(String id, String slug, String apiKey) {}

    private static final class Started {
        static final OtlpSink SPANS = new OtlpSink();
        static final JsonNode DESCRIPTION = up();

        private static JsonNode up() {
            Finished up = weir(UP_LIMIT, "up", "--random-ports", "--json");
            assertThat(up.exitCode()).as(up.output()).isZero();
            return describe();
        }
    }

    private static volatile boolean started;

    // Nothing of a test run outlives it.
    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (started) {
            weir(Duration.ofMinutes(3), "down");
            Started.SPANS.close();
        }
    }

    private static JsonNode description() {
        started = true;
        return Started.DESCRIPTION;
    }

    static JsonNode describe() {
        return Http.JSON.readTree(STATE.resolve("platform.json"));
    }

    static OtlpSink spans() {
        description();
        return Started.SPANS;
    }

    static String gateway() {
        return description().path("gateway").asString();
    }

    static String simulator() {
        return description().path("providerSimulator").asString();
    }

    static String adminKey() {
        return description().path("adminKey").asString();
    }

    static String kafka() {
        return description().path("kafka").asString();
    }

    static Path state() {
        description();
        return STATE;
    }

    static JsonNode service(String name) {
        for (JsonNode service : describe().path("services")) {
            if (service.path("name").asString().contains(name)) {
                return service;
            }
        }
        throw new AssertionError("no service " + name + " in " + describe());
    }

    static Tenant demo(String slug) {
        for (JsonNode tenant : description().path("tenants")) {
            if (tenant.path("slug").asString().equals(slug)) {
                return new Tenant(
                        tenant.path("tenantId").asString(),
                        slug,
                        tenant.path("apiKey").asString());
            }
        }
        throw new AssertionError("no tenant " + slug);
    }

    /// Provisions a tenant for one test and waits until its key works.
    static Tenant provision(String slugPrefix, String plan, String extraFields) {
        String slug = slugPrefix + "-" + Long.toString(System.nanoTime(), 36);
        Http.Answer answer = Http.post(
                gateway() + "/api/tenants/provision",
                adminKey(),
                "{\"slug\":\"" + slug + "\",\"adminEmail\":\"admin@example.com\",\"planTier\":\"" + plan + "\""
                        + extraFields + "}");
        assertThat(answer.status()).as(answer.shown()).isEqualTo(201);
        Tenant tenant = new Tenant(
                answer.json().path("tenantId").asString(),
                slug,
                answer.json().path("apiKey").asString());
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(Http.get(gateway() + "/v1/models", tenant.apiKey())
                                .status())
                        .isEqualTo(200));
        return tenant;
    }

    /// A tenant whose budget no call fits in, once that is known everywhere.
    static Tenant spent(String slugPrefix) {
        Tenant tenant = provision(slugPrefix, "growth", ",\"maxMonthlySpend\":0.000001");
        Eventually.passes(Duration.ofSeconds(10), () -> {
            Http.Answer refused = chat(tenant, "Hi");
            assertThat(refused.status()).as(refused.shown()).isEqualTo(429);
        });
        return tenant;
    }

    static Http.Answer chat(Tenant tenant, String content) {
        return Http.post(gateway() + "/v1/chat/completions", tenant.apiKey(), chatBody(content, false));
    }

    static String chatBody(String content, boolean stream) {
        return chatBody("gpt-4o-mini", content, stream);
    }

    static String chatBody(String model, String content, boolean stream) {
        return Http.JSON
                .createObjectNode()
                .put("model", model)
                .put("stream", stream)
                .put("max_tokens", 200)
                .set(
                        "messages",
                        Http.JSON.readTree(
                                "[{\"role\":\"user\",\"content\":" + Http.JSON.writeValueAsString(content) + "}]"))
                .toString();
    }

    /// Rows of a query, asked as an operator would ask ClickHouse.
    static JsonNode clickhouse(String sql) {
        Http.Answer answer = Clickhouse.query(description().path("clickhouse").asString(), sql + " FORMAT JSONCompact");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("data");
    }

    /// The lines of a service's log.
    static List<String> log(String service) {
        try {
            Path logs = state().resolve("logs");
            try (Stream<Path> files = Files.list(logs)) {
                List<String> lines = new ArrayList<>();
                for (Path file : files.filter(
                                path -> path.getFileName().toString().contains(service))
                        .toList()) {
                    lines.addAll(Files.readAllLines(file));
                }
                return lines;
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Keys of a service's last good copy of a snapshot topic, with what was signed decoded.
    static String lastGoodCopy(String service, String topic) {
        try (Stream<Path> files = Files.walk(state())) {
            Path copy = files.filter(file -> file.endsWith(topic + ".snapshot"))
                    .filter(file -> file.toString().contains(service))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(copy);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Finished weir(String... arguments) {
        description();
        return weir(UP_LIMIT, arguments);
    }

    private static Finished weir(Duration limit, String... arguments) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("weir").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--state-dir", STATE.toString()));
        try {
            Files.createDirectories(STATE);
            Path output = Files.createTempFile(STATE, "weir-" + arguments[0], ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            builder.environment()
                    .putAll(Map.of("WEIR_OTLP_ENDPOINT", Started.SPANS.endpoint(), "WEIR_TRACING_SAMPLING", "1.0"));
            Process process = builder.start();
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "weir " + arguments[0] + " took over " + limit + ": " + Files.readString(output));
            }
            return new Finished(process.exitValue(), Files.readString(output));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
