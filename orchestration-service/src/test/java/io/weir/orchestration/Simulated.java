package io.weir.orchestration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The provider simulator's own endpoints: the referee.
record Simulated(String baseUrl) {

    void behave(String json) {
        send(HttpRequest.newBuilder(URI.create(baseUrl + "/_behaviour")).PUT(BodyPublishers.ofString(json)));
    }

    void behaveWell() {
        send(HttpRequest.newBuilder(URI.create(baseUrl + "/_behaviour")).DELETE());
    }

    JsonNode ledger() {
        return JsonMapper.shared().readTree(send(HttpRequest.newBuilder(URI.create(baseUrl + "/_ledger"))));
    }

    private static String send(HttpRequest.Builder request) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
