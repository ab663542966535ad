package io.weir.local.testrun;

import io.weir.embedded.ChdbLibrary;
import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/// One set of the four servers on free ports, for a whole test run. They end with this process.
public final class TestServers implements AutoCloseable {

    private final LaunchedServer postgres;
    private final LaunchedServer kafka;
    private final LaunchedServer redis;
    private final LaunchedServer clickhouse;
    private final Path description;

    private TestServers(List<LaunchedServer> servers, Path description) {
        this.postgres = servers.get(0);
        this.kafka = servers.get(1);
        this.redis = servers.get(2);
        this.clickhouse = servers.get(3);
        this.description = description;
    }

    /// Starts them in `directory`, and writes there what `weir.test.servers` is to name.
    public static TestServers start(Path directory) throws IOException, InterruptedException {
        ChdbLibrary.locate(); // fetched here, where its progress is seen
        PrivateFiles.directory(directory);
        String password = UUID.randomUUID().toString();
        Path passwordFile = directory.resolve("password");
        PrivateFiles.write(passwordFile, password);
        List<CompletableFuture<LaunchedServer>> starting =
                List.of(ServerKind.POSTGRES, ServerKind.KAFKA, ServerKind.REDIS, ServerKind.CLICKHOUSE).stream()
                        .map(kind -> CompletableFuture.supplyAsync(() ->
                                LaunchedServer.start(kind, directory, 0, kind.hasPassword() ? passwordFile : null)))
                        .toList();
        List<LaunchedServer> servers =
                starting.stream().map(CompletableFuture::join).toList();
        TestServers started = new TestServers(servers, directory.resolve("servers.json"));
        PrivateFiles.write(started.description, JsonMapper.shared().writeValueAsString(started.content(password)));
        return started;
    }

    /// The file for `weir.test.servers`.
    public Path description() {
        return description;
    }

    private Map<String, Object> content(String password) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("kafka", "127.0.0.1:" + kafka.port());
        content.put(
                "postgres",
                Map.of("host", "127.0.0.1", "port", postgres.port(), "superuser", "postgres", "password", password));
        content.put("redis", "redis://127.0.0.1:" + redis.port());
        content.put(
                "clickhouse",
                Map.of("url", "http://127.0.0.1:" + clickhouse.port(), "user", "default", "password", password));
        return content;
    }

    @Override
    public void close() {
        List.of(postgres, kafka, redis, clickhouse).parallelStream().forEach(LaunchedServer::close);
    }
}
