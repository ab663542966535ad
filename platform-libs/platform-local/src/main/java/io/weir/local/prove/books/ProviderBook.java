package io.weir.local.prove.books;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the simulated providers served: they are never killed, and know nothing of tenants, holds or prices.
public final class ProviderBook implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI ledger;

    public ProviderBook(String simulator) {
        this.ledger = URI.create(simulator + "/_ledger");
    }

    /// How many attempts have not ended.
    public long inFlight() throws IOException, InterruptedException {
        try (InputStream summary = get(URI.create(ledger + "?summary=true"))) {
            return JSON.readTree(summary).path("in_flight").asLong();
        }
    }

    /// Every attempt since the beginning. Fails where the simulator has forgotten some.
    public List<Served> all() throws IOException, InterruptedException {
        List<Served> all = new ArrayList<>();
        try (InputStream text = get(ledger);
                JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.endsWith("by_request")) {
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String id = parser.currentName();
                        parser.nextToken();
                        all.add(served(id, parser.readValueAsTree()));
                    }
                } else if (name.equals("evicted") && parser.getLongValue() > 0) {
                    throw new IOException("the simulator has forgotten " + parser.getLongValue() + " attempts");
                } else {
                    parser.skipChildren();
                }
            }
        }
        return all;
    }

    private static Served served(String id, JsonNode entry) {
        return new Served(
                id,
                entry.path("client_request_id").asString(),
                entry.path("model").asString(),
                entry.path("status").asInt(),
                entry.path("text_in").asLong(),
                entry.path("text_in_cached").asLong(),
                entry.path("cache_write").asLong(),
                entry.path("text_out").asLong(),
                entry.path("cancelled").asBoolean() || entry.path("cut").asBoolean());
    }

    private InputStream get(URI address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
