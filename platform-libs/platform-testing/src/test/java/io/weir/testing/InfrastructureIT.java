package io.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfrastructureIT {

    @Test
    void kafkaMakesAndListsTopics() throws Exception {
        String topic = Infrastructure.freshName("topic");
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", Infrastructure.kafka()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);

            // The controller has it first, the broker a moment later.
            Eventually.passes(() -> assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS))
                    .contains(topic));
        }
    }

    @Test
    void postgresIsDurableAndKnowsItsSuperuserByPassword() throws Exception {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet fsync = statement.executeQuery("SHOW fsync")) {
            assertThat(fsync.next()).isTrue();
            assertThat(fsync.getString(1)).isEqualTo("on");
        }
        assertThat(connects(postgres, "not the password")).isFalse();
    }

    private static boolean connects(Infrastructure.Postgres postgres, String password) {
        try (Connection connection =
                DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.superuser(), password)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void clickhouseAnswersOverHttp() throws Exception {
        Infrastructure.ClickHouse clickhouse = Infrastructure.clickhouse();
        HttpRequest request = HttpRequest.newBuilder(URI.create(clickhouse.url()))
                .header("X-ClickHouse-User", clickhouse.user())
                .header("X-ClickHouse-Key", clickhouse.password())
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString("SELECT 6 * 7"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("42\n");
        }
    }

    @Test
    void redisHasAnAddress() {
        assertThat(Infrastructure.redis()).matches("redis://127\\.0\\.0\\.1:\\d+");
    }

    @Test
    void aPrivateBrokerKeepsItsTopicsOverAStopAndAKill(@TempDir Path directory) throws Exception {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            kafka.stop();
            kafka.start();
            kafka.kill();
            kafka.start();

            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("kept");
        }
    }
}
