package io.weir.local.platform;

import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.Part.Action;
import io.weir.r2dbc.DatabaseBootstrap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the databases and their roles, as an operator would before the first service is deployed. Idempotent.
final class Databases implements Action {

    static final List<String> ROLE_KINDS = List.of("app", "platform", "migrator", "mover", "provisioner");

    private final Ports ports;
    private final Secrets secrets;

    Databases(Ports ports, Secrets secrets) {
        this.ports = ports;
        this.secrets = secrets;
    }

    @Override
    public void run() throws IOException, InterruptedException {
        for (Service service : Service.values()) {
            if (service.hasDatabase()) {
                createInPostgres(service.issuer());
            }
        }
        createInClickHouse();
    }

    private void createInPostgres(String database) throws IOException {
        String superuser = PrivateFiles.read(secrets.postgresSuperuser()).strip();
        String url = "jdbc:postgresql://127.0.0.1:" + ports.of(Port.POSTGRES) + "/postgres";
        try {
            DatabaseBootstrap.create(url, "postgres", superuser, database, rolePasswords(database));
        } catch (SQLException e) {
            throw new IOException("Postgres refused to create database " + database + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> rolePasswords(String database) {
        Map<String, String> passwords = new LinkedHashMap<>();
        for (String kind : ROLE_KINDS) {
            passwords.put(kind, secrets.rolePassword(database + "_" + kind));
        }
        return passwords;
    }

    private void createInClickHouse() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ports.url(Port.CLICKHOUSE)))
                .header("X-ClickHouse-User", "default")
                .header(
                        "X-ClickHouse-Key",
                        PrivateFiles.read(secrets.clickhouse()).strip())
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString("CREATE DATABASE IF NOT EXISTS weir"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("ClickHouse refused to create its database: " + answer.body());
            }
        }
    }
}
