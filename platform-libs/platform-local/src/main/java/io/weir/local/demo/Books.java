package io.weir.local.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The books that Weir does not keep for itself, or keeps behind its API: the providers' ledger, the rows in
/// ClickHouse,
/// Stripe's state. Read as an auditor reads them.
final class Books implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String providers;
    private final String stripe;
    private final URI clickhouse;

    Books(JsonNode platform) {
        this.providers = platform.path("providerSimulator").asString();
        this.stripe = platform.path("stripeSimulator").asString();
        this.clickhouse = URI.create(platform.path("clickhouse").asString());
    }

    record Usage(long requests, long tokens) {}

    /// What the providers say that they served of these calls, found by the request ids that the callers got.
    Usage served(Set<String> requestIds) throws IOException, InterruptedException {
        long requests = 0;
        long tokens = 0;
        for (JsonNode call : get(providers + "/_ledger").path("by_request").values()) {
            if (requestIds.contains(call.path("client_request_id").asString(""))) {
                requests++;
                tokens += call.path("text_in").asLong() + call.path("text_out").asLong();
            }
        }
        return new Usage(requests, tokens);
    }

    /// What ClickHouse holds of a tenant: attempts that a provider answered, with all their tokens.
    Usage metered(String tenantId) throws IOException, InterruptedException {
        JsonNode row = query(
                "SELECT count() AS requests, sum(arraySum(mapValues(buckets))) AS tokens"
                        + " FROM usage_attempts FINAL WHERE tenant_id = {tenant:UUID} AND status BETWEEN 200 AND 299",
                tenantId);
        return new Usage(row.path("requests").asLong(), row.path("tokens").asLong());
    }

    /// The exact cost of all that a tenant used, in US dollars.
    BigDecimal cost(String tenantId) throws IOException, InterruptedException {
        JsonNode row = query(
                "SELECT toString(sum(cost)) AS cost FROM usage_attempts FINAL WHERE tenant_id = {tenant:UUID}",
                tenantId);
        return new BigDecimal(row.path("cost").asString("0"));
    }

    /// The invoice as Stripe holds it; missing where Stripe has none of that id.
    JsonNode stripeInvoice(String id) throws IOException, InterruptedException {
        for (JsonNode invoice : get(stripe + "/_state").path("invoices").values()) {
            if (invoice.path("id").asString("").equals(id)) {
                return invoice;
            }
        }
        return JsonMapper.shared().missingNode();
    }

    private JsonNode query(String sql, String tenantId) throws IOException, InterruptedException {
        String basic =
                Base64.getEncoder().encodeToString(clickhouse.getUserInfo().getBytes(StandardCharsets.UTF_8));
        URI uri = URI.create("http://" + clickhouse.getHost() + ":" + clickhouse.getPort()
                + "/?database=weir&param_tenant=" + tenantId);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Authorization", "Basic " + basic)
                .POST(HttpRequest.BodyPublishers.ofString(sql + " FORMAT JSONEachRow"))
                .build();
        return answer(request);
    }

    private JsonNode get(String url) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build());
    }

    private JsonNode answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri().getPath() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    @Override
    public void close() {
        http.close();
    }
}
