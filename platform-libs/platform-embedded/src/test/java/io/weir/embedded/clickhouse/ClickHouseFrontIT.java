package io.weir.embedded.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClickHouseFrontIT {

    private static final int MORE_THAN_CONNECTIONS = 12;
    private static final String PASSWORD = "p'a\\ss word";

    @TempDir
    private static Path directory;

    private static Path passwordFile;
    private static LaunchedServer server;
    private static HttpClient http;

    @BeforeAll
    static void start() throws IOException {
        passwordFile = Files.writeString(directory.resolve("password"), PASSWORD);
        server = LaunchedServer.start(ServerKind.CLICKHOUSE, directory, 0, passwordFile);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        server.close();
        http.close();
    }

    private static String url() {
        return "http://127.0.0.1:" + server.port();
    }

    private static Client client(boolean compressed) {
        return new Client.Builder()
                .addEndpoint(url())
                .setUsername("default")
                .setPassword(PASSWORD)
                .compressClientRequest(compressed)
                .compressServerResponse(compressed)
                .build();
    }

    private static Connection jdbc() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "default");
        properties.setProperty("password", PASSWORD);
        return DriverManager.getConnection("jdbc:clickhouse:" + url(), properties);
    }

    private static HttpResponse<String> post(String query, String body, String password)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/?" + query))
                .header("X-ClickHouse-User", "default")
                .header("X-ClickHouse-Key", password)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> run(String sql) throws IOException, InterruptedException {
        return post("", sql, PASSWORD);
    }

    private static String answer(String sql) throws IOException, InterruptedException {
        HttpResponse<String> response = run(sql);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().strip();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientInsertsBlocksAndReadsThemBack(boolean compressed) throws Exception {
        String table = "blocks_" + compressed;
        answer("CREATE TABLE " + table
                + " (id UInt64, text String, amount Decimal(38, 12)) ENGINE = MergeTree ORDER BY id");
        StringBuilder rows = new StringBuilder();
        IntStream.range(0, 20_000)
                .forEach(i -> rows.append("{\"id\":")
                        .append(i)
                        .append(",\"text\":\"")
                        .append("x".repeat(i % 50))
                        .append("\",\"amount\":\"0.000000000001\"}\n"));
        try (Client client = client(compressed)) {
            client.insert(
                            table,
                            new ByteArrayInputStream(rows.toString().getBytes(StandardCharsets.UTF_8)),
                            ClickHouseFormat.JSONEachRow)
                    .get(30, TimeUnit.SECONDS)
                    .close();

            List<GenericRecord> sums =
                    client.queryAll("SELECT count() AS n, sum(amount) AS total, max(length(text)) AS m FROM " + table);

            assertThat(sums.getFirst().getLong("n")).isEqualTo(20_000);
            assertThat(sums.getFirst().getBigDecimal("total")).isEqualByComparingTo("0.00000002");
            assertThat(sums.getFirst().getLong("m")).isEqualTo(49);
        }
    }

    @Test
    void aRepeatedDeduplicationTokenAddsNothing() throws Exception {
        answer(
                "CREATE TABLE once (n UInt32) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100");
        try (Client client = client(true)) {
            for (String token : List.of("chunk-1", "chunk-1", "chunk-2")) {
                client.insert(
                                "once",
                                new ByteArrayInputStream("1\n2\n".getBytes(StandardCharsets.UTF_8)),
                                ClickHouseFormat.TSV,
                                new InsertSettings().setDeduplicationToken(token))
                        .get(30, TimeUnit.SECONDS)
                        .close();
            }
        }
        assertThat(answer("SELECT count() FROM once")).isEqualTo("4");
    }

    @Test
    void jdbcWritesBatchesAndBindsParameters() throws Exception {
        try (Connection connection = jdbc();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE batch (id Int32, name String) ENGINE = MergeTree ORDER BY id");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO batch (id, name) VALUES (?, ?)")) {
                for (int i = 0; i < 100; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "it's \\ number\t" + i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM batch WHERE name = ?")) {
                select.setString(1, "it's \\ number\t42");
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(42);
                }
            }
        }
    }

    @Test
    void errorsCarryClickHousesCodeAndStatus() throws Exception {
        HttpResponse<String> missing = run("SELECT * FROM not_there");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("X-ClickHouse-Exception-Code")).contains("60");
        assertThat(missing.body()).startsWith("Code: 60. DB::Exception:").contains("UNKNOWN_TABLE");
        assertThat(run("SELEKT 1").statusCode()).isEqualTo(400);
        assertThat(post("no_such_setting=1", "SELECT 1", PASSWORD).body()).contains("UNKNOWN_SETTING");
        try (Client client = client(true)) {
            assertThatThrownBy(() -> client.queryAll("SELECT * FROM not_there")).hasStackTraceContaining("Code: 60");
        }
    }

    @Test
    void aFailedInsertLeavesNothingAndTheConnectionUsable() throws Exception {
        answer("CREATE TABLE atomic (n UInt8) ENGINE = MergeTree ORDER BY n");
        HttpResponse<String> refused = post(
                "query=" + URLEncoder.encode("INSERT INTO atomic FORMAT TSV", StandardCharsets.UTF_8),
                "1\nnot a number\n",
                PASSWORD);

        assertThat(refused.statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(answer("SELECT count() FROM atomic")).isEqualTo("0");
        assertThat(answer("INSERT INTO atomic FORMAT TSV\n7\n")).isEmpty();
        assertThat(answer("SELECT n FROM atomic")).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; SELECT 2",
                "SELECT 1; DROP TABLE IF EXISTS kept_apart",
                "INSERT INTO kept_apart VALUES (1); INSERT INTO kept_apart FORMAT TSV\n1\n"
            })
    void severalStatementsAreRefused(String statements) throws Exception {
        answer("CREATE TABLE IF NOT EXISTS kept_apart (n UInt8) ENGINE = MergeTree ORDER BY n");

        HttpResponse<String> refused = run(statements);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Multi-statements are not allowed");
        assertThat(answer("SELECT count() FROM kept_apart")).isEqualTo("0");
    }

    @Test
    void aSemicolonAtTheEndOrInTextIsNoSecondStatement() throws Exception {
        assertThat(answer("SELECT 'a;b';")).isEqualTo("a;b");
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAre401() throws Exception {
        assertThat(post("", "SELECT 1", "wrong").statusCode()).isEqualTo(401);
        assertThat(post("", "SELECT 1", "").statusCode()).isEqualTo(401);
        HttpRequest stranger = HttpRequest.newBuilder(URI.create(url() + "/?user=admin&query=SELECT%201"))
                .GET()
                .build();
        HttpResponse<String> refused = http.send(stranger, HttpResponse.BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void settingsAndDatabaseOfOneRequestDoNotReachTheNext() throws Exception {
        answer("CREATE DATABASE IF NOT EXISTS other");
        for (int i = 0; i < MORE_THAN_CONNECTIONS; i++) {
            post("max_result_rows=1&database=other", "SELECT 1", PASSWORD);
        }
        for (int i = 0; i < MORE_THAN_CONNECTIONS; i++) {
            assertThat(answer("SELECT count(), currentDatabase() FROM numbers(3)"))
                    .isEqualTo("3\tdefault");
            assertThat(answer("SELECT number FROM numbers(3)")).isEqualTo("0\n1\n2");
        }
    }

    @Test
    void parametersAreValuesAndNeverSql() throws Exception {
        HttpResponse<String> answer = post(
                "param_name=" + URLEncoder.encode("x' OR '1'='1", StandardCharsets.UTF_8),
                "SELECT {name:String} = 'x\\' OR \\'1\\'=\\'1'",
                PASSWORD);

        assertThat(answer.body().strip()).isEqualTo("1");
    }

    @Test
    void theSummaryCountsWhatWasWritten() throws Exception {
        answer("CREATE TABLE counted (n UInt8) ENGINE = MergeTree ORDER BY n");
        HttpResponse<String> inserted = run("INSERT INTO counted FORMAT TSV\n1\n2\n3\n");

        assertThat(inserted.headers().firstValue("X-ClickHouse-Summary").orElse(""))
                .contains("\"written_rows\":\"3\"");
    }

    @Test
    void twoDozenQueriesAtOnceAllGetTheirOwnAnswer() {
        List<CompletableFuture<String>> answers = IntStream.range(0, 24)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return answer("SELECT " + i + " + sum(sleepEachRow(0.02)) FROM numbers(3)");
                    } catch (IOException | InterruptedException e) {
                        return e.toString();
                    }
                }))
                .toList();

        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void aQueryIsCutAtItsTimeLimit() throws Exception {
        HttpResponse<String> cut = post(
                "max_execution_time=1",
                "SELECT sum(sleepEachRow(0.5)) FROM numbers(100) SETTINGS max_block_size = 1",
                PASSWORD);

        assertThat(cut.body()).contains("TIMEOUT_EXCEEDED");
        assertThat(cut.statusCode()).isEqualTo(408);
    }

    @Test
    void theDataOutlivesAKill(@TempDir Path own) throws Exception {
        LaunchedServer first = LaunchedServer.start(ServerKind.CLICKHOUSE, own, 0, passwordFile);
        assertThat(at(first, "CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n"))
                .isEmpty();
        assertThat(at(first, "INSERT INTO kept SELECT number FROM numbers(100000)"))
                .isEmpty();
        first.kill();

        try (LaunchedServer second = LaunchedServer.start(ServerKind.CLICKHOUSE, own, first.port(), passwordFile)) {
            assertThat(at(second, "SELECT count(), sum(n) FROM kept")).isEqualTo("100000\t4999950000");
        }
    }

    private static String at(LaunchedServer which, String sql) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + which.port()))
                .header("X-ClickHouse-User", "default")
                .header("X-ClickHouse-Key", PASSWORD)
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
    }
}
