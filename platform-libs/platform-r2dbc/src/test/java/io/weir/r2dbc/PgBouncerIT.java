package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weir.problem.PlatformException;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The transactions through PgBouncer in transaction mode: more of our connections than it has to the server, so that
/// tenants follow each other on the same one. Not run where there is no `pgbouncer` on the path.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgBouncerIT {

    private static final Duration WAIT = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private FreshDatabase database;
    private @Nullable Process bouncer;
    private @Nullable PostgresPools pools;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(isOnPath(), "there is no pgbouncer on the path");
        database = FreshDatabase.create();
        int port = startBouncer();
        PostgresProperties direct = database.properties(8, Duration.ofSeconds(10));
        pools = new PostgresPools(direct.through(new Pooler(Pooler.Mode.TRANSACTION, "127.0.0.1", port)));
        pools.start();
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (pools != null) {
            pools.stop();
        }
        if (bouncer != null) {
            bouncer.destroy();
            bouncer.waitFor(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void manyTenantsOnFewConnectionsOfTheServerEachSeeTheirOwn() throws Exception {
        List<TenantContext> tenants = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            TenantContext tenant =
                    new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
            tenants.add(tenant);
            database.asSuperuser("INSERT INTO note VALUES ('" + tenant.id() + "', 1, '" + tenant.id() + "')");
        }
        Long seen = Flux.range(0, 2_000)
                .map(i -> tenants.get(i % tenants.size()))
                .flatMap(
                        tenant -> in(tenant, "SELECT string_agg(text, ',') FROM note WHERE $1 = $1", "x")
                                .doOnNext(text ->
                                        assertThat(text).isEqualTo(tenant.id().toString())),
                        8)
                .count()
                .block(WAIT);
        assertThat(seen).isEqualTo(2_000);
    }

    @Test
    void theLimitsHoldInEachTransaction() {
        TenantContext tenant = new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
        assertThat(in(
                                tenant,
                                "SELECT current_setting('statement_timeout') || current_setting('lock_timeout')"
                                        + " || current_setting('idle_in_transaction_session_timeout') || $1",
                                "")
                        .block(WAIT))
                .isEqualTo("5s2s15s");
        assertThatThrownBy(() -> in(tenant, "SELECT $1 FROM pg_sleep(30)", "x").block(WAIT))
                .isInstanceOf(PlatformException.class);
    }

    @Test
    void thePlatformsTransactionsGoThroughItToo() {
        String answer = running()
                .platformTransaction()
                .in(
                        "a test",
                        client -> client.sql("SELECT current_setting('lock_timeout')")
                                .map(row -> Column.first(row, String.class))
                                .one())
                .block(WAIT);
        assertThat(answer).isEqualTo("2s");
    }

    private Mono<String> in(TenantContext tenant, String sql, String argument) {
        return running()
                .tenantTransaction()
                .in(client -> client.sql(sql)
                        .bind("$1", argument)
                        .map(row -> Column.first(row, String.class))
                        .one())
                .contextWrite(TenantScope.entering(tenant));
    }

    private PostgresPools running() {
        if (pools == null) {
            throw new IllegalStateException("not started");
        }
        return pools;
    }

    private int startBouncer() throws IOException {
        int port = freePort();
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        StringBuilder users = new StringBuilder();
        for (String role : List.of("_app", "_platform")) {
            PostgresProperties.Login login = database.login(role);
            users.append('"')
                    .append(login.username())
                    .append("\" \"")
                    .append(login.password())
                    .append("\"\n");
        }
        Path userFile = Files.writeString(directory.resolve("users.txt"), users);
        Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                %s = host=%s port=%d dbname=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = transaction
                default_pool_size = 2
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        database.name, postgres.host(), postgres.port(), database.name, port, userFile));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of("pgbouncer", settings.toString()));
        bouncer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                .start();
        Eventually.passes(Duration.ofSeconds(30), () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
            }
        });
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOnPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry).resolve("pgbouncer")));
    }
}
