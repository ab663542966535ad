package io.weir.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.command.CommandSettings;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The connection to one ClickHouse. Statements run on threads of its own, as many at once as there are connections,
/// never on an event loop; each ends by its timeout. Nothing here retries: callers know what may be repeated.
public final class ClickHouse implements AutoCloseable {

    private static final int QUEUE = 10_000;

    private final ClickHouseProperties properties;
    private final Client client;
    private final Scheduler threads;
    private final Map<String, String> querySettings;

    public ClickHouse(ClickHouseProperties properties) {
        this(properties, properties.connections(), QUEUE, Map.of());
    }

    private ClickHouse(ClickHouseProperties properties, int connections, int queue, Map<String, String> querySettings) {
        this.properties = properties;
        this.querySettings = querySettings;
        this.client = new Client.Builder()
                .addEndpoint(properties.url())
                .setUsername(properties.username())
                .setPassword(properties.password())
                .setDefaultDatabase(properties.database())
                .setMaxConnections(connections)
                .setConnectTimeout(properties.connectTimeout().toMillis())
                .setConnectionRequestTimeout(properties.queryTimeout().toMillis(), ChronoUnit.MILLIS)
                .setMaxRetries(0)
                .compressServerResponse(false)
                .compressClientRequest(false)
                // Parameters may be long lists, which no URL takes.
                .useHttpFormDataForQuery(true)
                .build();
        this.threads = Schedulers.newBoundedElastic(connections, queue, "clickhouse", 60, true);
    }

    /// For questions of readers: however many they ask, they take no connection and no thread of others, and none takes
    /// more memory of the server than it may.
    ///
    /// @param connections questions that are answered at once
    /// @param waiting questions that wait for each of them; more are refused
    /// @param memory of the server for one question, in bytes
    public static ClickHouse forReaders(ClickHouseProperties properties, int connections, int waiting, long memory) {
        return new ClickHouse(
                properties,
                connections,
                waiting,
                Map.of("max_memory_usage", Long.toString(memory), "max_threads", "2"));
    }

    /// The settings that it was made with.
    public ClickHouseProperties properties() {
        return properties;
    }

    /// Completes when the server answers.
    public Mono<Void> ping() {
        return rows("SELECT 1 AS one", Map.of(), row -> row.integer("one")).then();
    }

    <T> Mono<List<T>> rows(String sql, Map<String, ?> parameters, RowMapper<T> mapper) {
        return on(() -> query(sql, Parameters.written(parameters), mapper), properties.queryTimeout());
    }

    Mono<Void> insert(String table, byte[] jsonLines, Map<String, String> serverSettings) {
        return on(
                        () -> {
                            insertNow(table, jsonLines, serverSettings);
                            return true;
                        },
                        properties.insertTimeout())
                .then();
    }

    /// Runs a statement without rows, here and now.
    void execute(String database, String sql) {
        execute(database, sql, new CommandSettings(), properties.insertTimeout());
    }

    /// Runs a statement that may take long. The server refuses it while one with this id still runs, which it does
    /// after we have given up on it or were stopped.
    void executeAlone(String database, String sql, String id, Duration limit) {
        CommandSettings settings = new CommandSettings();
        settings.setQueryId(id);
        execute(database, sql, settings, limit);
    }

    private void execute(String database, String sql, CommandSettings settings, Duration limit) {
        settings.setDatabase(database);
        settings.setNetworkTimeout(limit.toMillis(), ChronoUnit.MILLIS);
        try {
            await(client.execute(sql, settings), limit).close();
        } catch (Exception failure) {
            throw translated(sql, failure);
        }
    }

    // The driver declares that closing an answer may be interrupted.
    @SuppressWarnings("try")
    <T> List<T> query(String sql, Map<String, Object> parameters, RowMapper<T> mapper) {
        QuerySettings settings = new QuerySettings()
                .setFormat(ClickHouseFormat.JSONEachRow)
                // Before we stop waiting, so that it can say that it gave up.
                .setMaxExecutionTime((int) Math.max(1, properties.queryTimeout().toSeconds() - 1))
                .serverSetting("output_format_json_quote_decimals", "1")
                .serverSetting("output_format_json_quote_64bit_integers", "1")
                .serverSetting("date_time_output_format", "iso");
        querySettings.forEach(settings::serverSetting);
        settings.setNetworkTimeout(properties.queryTimeout().toMillis(), ChronoUnit.MILLIS);
        try (QueryResponse response = await(client.query(sql, parameters, settings), properties.queryTimeout());
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(response.getInputStream(), StandardCharsets.UTF_8))) {
            List<T> rows = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    rows.add(mapper.map(Row.of(line)));
                }
            }
            return rows;
        } catch (Exception failure) {
            throw translated(sql, failure);
        }
    }

    private void insertNow(String table, byte[] jsonLines, Map<String, String> serverSettings) {
        InsertSettings settings = new InsertSettings();
        serverSettings.forEach(settings::serverSetting);
        settings.setNetworkTimeout(properties.insertTimeout().toMillis(), ChronoUnit.MILLIS);
        try {
            await(
                            client.insert(
                                    table, new ByteArrayInputStream(jsonLines), ClickHouseFormat.JSONEachRow, settings),
                            properties.insertTimeout())
                    .close();
        } catch (Exception failure) {
            throw translated("INSERT INTO " + table, failure);
        }
    }

    private <T> Mono<T> on(Callable<T> statement, Duration limit) {
        return Mono.fromCallable(statement)
                .subscribeOn(threads)
                .timeout(limit.plus(limit))
                .onErrorMap(
                        RejectedExecutionException.class,
                        full -> new ClickHouseException("too many statements wait already", full))
                .onErrorMap(TimeoutException.class, late -> new ClickHouseException("no answer in time", late));
    }

    private static <T> T await(Future<T> answer, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ClickHouseException translated(String sql, Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        String statement = sql.length() > 120 ? sql.substring(0, 120) + "..." : sql;
        return new ClickHouseException(statement.replaceAll("\\s+", " ") + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        threads.dispose();
        client.close();
    }
}
