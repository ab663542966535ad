package io.weir.local.prove.books;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// ClickHouse, asked as any operator would, without de-duplication: a row that is there twice is read twice.
public final class Warehouse implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ATTEMPTS = "SELECT toString(tenant_id), request_id, attempt, model,"
            + " ifNull(providerRequestId, ''), outcome, ifNull(status, 0),"
            + " buckets['text_in'] + buckets['text_in_cached'] + buckets['cache_write_5m'] + buckets['cache_write_1h'],"
            + " buckets['text_out'] + buckets['reasoning_out'], usage_source = 'provider', toString(cost)"
            + " FROM weir.usage_attempts";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final String password;

    public Warehouse(String address, String password) {
        this.address = URI.create(address);
        this.password = password;
    }

    /// How many attempts it has by now.
    public long attempts() throws IOException, InterruptedException {
        return Long.parseLong(lines("SELECT count() FROM weir.usage_attempts").getFirst());
    }

    /// All attempts.
    public List<Row> rows() throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (String line : lines(ATTEMPTS)) {
            String[] cell = line.split("\t", -1);
            rows.add(new Row(
                    cell[0],
                    cell[1],
                    Integer.parseInt(cell[2]),
                    cell[3],
                    cell[4].isEmpty() ? null : cell[4],
                    cell[5],
                    Integer.parseInt(cell[6]),
                    Long.parseLong(cell[7]),
                    Long.parseLong(cell[8]),
                    cell[9].equals("1") || cell[9].equals("true"),
                    Money.of(cell[10])));
        }
        return rows;
    }

    /// The request of each settlement.
    public List<String> settlements() throws IOException, InterruptedException {
        return lines("SELECT request_id FROM weir.usage_requests");
    }

    /// What a query answers, a line for each row, with tabs between its values.
    public List<String> lines(String sql) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                HttpRequest.newBuilder(address)
                        .header("X-ClickHouse-User", "default")
                        .header("X-ClickHouse-Key", password)
                        .timeout(LIMIT)
                        .POST(HttpRequest.BodyPublishers.ofString(sql + " FORMAT TSV"))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines().toList();
            if (answer.statusCode() != 200) {
                throw new IOException("ClickHouse: " + String.join(" ", lines));
            }
            return lines;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
