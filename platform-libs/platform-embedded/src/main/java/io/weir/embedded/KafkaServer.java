package io.weir.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/// A single Kafka node, broker and controller in one, on the loopback address. Topics are never made by themselves.
/// It is meant for a heap of 256 MB.
public final class KafkaServer {

    private static final Duration START = Duration.ofSeconds(90);

    private KafkaServer() {}

    public static void main(String[] arguments) {
        ServerProcess.run("kafka", arguments, KafkaServer::start);
    }

    static RunningServer start(ServerArguments arguments) throws IOException {
        int port = FreePort.orNext(arguments.port());
        Properties settings = settings(port, FreePort.nextBut(port), arguments.data());
        if (!Files.exists(arguments.data().resolve("meta.properties"))) {
            format(arguments.data(), settings);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        server.startup();
        awaitReady(server, port);
        return new Running(server, port);
    }

    private static Properties settings(int port, int controllerPort, Path data) {
        Properties settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty(
                "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("log.dirs", data.toString());
        settings.setProperty("auto.create.topics.enable", "false");
        // Thirty days: a consumer that was away for a month continues where it stopped.
        settings.setProperty("offsets.retention.minutes", "43200");
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        forOneNode(settings);
        forASmallHeap(settings);
        return settings;
    }

    private static void forOneNode(Properties settings) {
        for (String internal :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.setProperty(internal + ".replication.factor", "1");
            settings.setProperty(internal + ".num.partitions", "4");
        }
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("share.coordinator.state.topic.min.isr", "1");
    }

    private static void forASmallHeap(Properties settings) {
        settings.setProperty("log.cleaner.dedupe.buffer.size", "16777216");
        settings.setProperty("log.cleaner.threads", "1");
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("num.io.threads", "4");
        settings.setProperty("num.recovery.threads.per.data.dir", "2");
    }

    private static void format(Path data, Properties settings) throws IOException {
        Files.createDirectories(data);
        Path file = Files.createTempFile("kafka", ".properties");
        try {
            try (var writer = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
                settings.store(writer, null);
            }
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int status = StorageTool.execute(
                    new String[] {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()},
                    new PrintStream(said, true, StandardCharsets.UTF_8));
            if (status != 0) {
                throw new ServerStartException(
                        "formatting " + data + " failed: " + said.toString(StandardCharsets.UTF_8));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void awaitReady(KafkaRaftServer server, int port) {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:" + port,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                5000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5000);
        try (Admin admin = Admin.create(settings)) {
            if (!Poll.until(START, () -> answers(admin))) {
                server.shutdown();
                throw new ServerStartException(
                        "kafka did not list its topics on port " + port + " within " + START.toSeconds() + " s");
            }
        }
    }

    private static boolean answers(Admin admin) {
        try {
            admin.listTopics().names().get(5, TimeUnit.SECONDS);
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private record Running(KafkaRaftServer server, int port) implements RunningServer {
        @Override
        public void awaitEnd() {
            server.awaitShutdown();
        }

        @Override
        public void close() {
            server.shutdown();
        }
    }
}
