package io.weir.local.supervisor;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Talks to the supervisor of a state directory.
public final class ControlClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI address;
    private final String token;
    private final ProcessIdentity supervisor;

    private ControlClient(URI address, String token, ProcessIdentity supervisor) {
        this.address = address;
        this.token = token;
        this.supervisor = supervisor;
    }

    /// The supervisor that wrote `controlFile`, if it still runs.
    public static Optional<ControlClient> find(Path controlFile) {
        if (!Files.exists(controlFile)) {
            return Optional.empty();
        }
        try {
            JsonNode control = JsonMapper.shared().readTree(PrivateFiles.read(controlFile));
            ProcessIdentity supervisor = new ProcessIdentity(
                    control.path("pid").asLong(), control.path("started").asString());
            URI address = URI.create("http://127.0.0.1:" + control.path("port").asInt());
            return supervisor.alive().isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new ControlClient(address, control.path("token").asString(), supervisor));
        } catch (JacksonException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    public ProcessIdentity supervisor() {
        return supervisor;
    }

    public StatusReport status() throws IOException, InterruptedException {
        return JsonMapper.shared().readValue(send("GET", "/status"), StatusReport.class);
    }

    /// Throws [IOException] with the supervisor's words where there is no such part.
    public void stop(String part) throws IOException, InterruptedException {
        send("POST", "/parts/" + part + "/stop");
    }

    /// Throws [IOException] with the supervisor's words where there is no such part.
    public void start(String part) throws IOException, InterruptedException {
        send("POST", "/parts/" + part + "/start");
    }

    public void startAll() throws IOException, InterruptedException {
        send("POST", "/start");
    }

    /// Asks for the end of everything; returns before it.
    public void down() throws IOException, InterruptedException {
        send("POST", "/down");
    }

    private String send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            String error =
                    JsonMapper.shared().readTree(answer.body()).path("error").asString();
            throw new IOException(error);
        }
        return answer.body();
    }

    @Override
    public void close() {
        http.close();
    }
}
