package io.weir.local.prove.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/// How the simulated providers behave while the calls are made: slow enough that clients can leave, each one now and
/// then failing or breaking off its streams. By seed and by how much of the load is done.
public final class Weather implements AutoCloseable {

    private static final List<String> PROVIDERS = List.of("openai", "anthropic", "gemini");
    private static final int SPELLS = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String simulator;
    private final long seed;
    private int spell = -1;

    public Weather(String simulator, long seed) {
        this.simulator = simulator;
        this.seed = seed;
    }

    /// Takes note of how far the load is; changes the weather where it is time.
    public void at(double done) throws IOException, InterruptedException {
        int now = (int) (done * SPELLS);
        if (now != spell) {
            spell = now;
            SplittableRandom random = new SplittableRandom(seed * 31 + now);
            int foul = random.nextInt(PROVIDERS.size());
            int what = random.nextInt(4);
            for (int i = 0; i < PROVIDERS.size(); i++) {
                behave(PROVIDERS.get(i), i == foul ? what : -1, random.nextInt());
            }
        }
    }

    private void behave(String provider, int what, int number) throws IOException, InterruptedException {
        Map<String, Object> behaviour = new HashMap<>(
                Map.of("provider", provider, "latencyMs", 25, "chunkDelayMs", 3, "seed", number, "errorRate", 0.01));
        switch (what) {
            case 0 -> behaviour.putAll(Map.of("errorRate", 0.5, "errorStatus", 503));
            case 1 -> behaviour.put("cutAfterChunks", 8);
            case 2 -> behaviour.put("latencyMs", 400);
            default -> {}
        }
        send("PUT", behaviour);
    }

    /// Friendly again.
    public void clear() throws IOException, InterruptedException {
        send("DELETE", Map.of());
    }

    /// All providers slow: so long until the first byte.
    public void slow(int millis) throws IOException, InterruptedException {
        send("PUT", Map.of("latencyMs", millis));
    }

    /// As the simulator's `PUT /_behaviour` takes it.
    public void behave(Map<String, Object> behaviour) throws IOException, InterruptedException {
        send("PUT", behaviour);
    }

    private void send(String method, Map<String, Object> body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(simulator + "/_behaviour"))
                        .method(
                                method,
                                HttpRequest.BodyPublishers.ofString(
                                        JsonMapper.shared().writeValueAsString(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("the simulator refused " + body + ": " + answer.body());
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
