package io.weir.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The four servers, each with the program that runs it in a process of its own.
public enum ServerKind {
    POSTGRES(PostgresServer.class, "-Xmx32m"),
    KAFKA(KafkaServer.class, "-Xmx256m"),
    REDIS(RedisServer.class, "-Xmx32m"),
    CLICKHOUSE(ClickHouseServer.class, "-Xmx256m");

    /// When a server's process ends without being told.
    public enum Lifetime {
        /// Never: it outlives whoever started it.
        OWN,
        /// When its standard input ends, which is when its parent is gone.
        OF_THE_PARENT
    }

    /// What each of them starts soonest with; slower than it could be once it runs.
    public static final List<String> QUICK_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Class<?> main;
    private final String heap;

    ServerKind(Class<?> main, String heap) {
        this.main = main;
        this.heap = heap;
    }

    /// The name in messages, files and the ready line.
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The command line that runs this server on JDK `java`, with this module and what it needs on `classPath`.
    /// Port 0 picks a free one; Postgres and ClickHouse need the file with their superuser's password.
    public List<String> command(
            Path java, String classPath, Path data, int port, @Nullable Path passwordFile, Lifetime lifetime) {
        return command(java, QUICK_START, classPath, data, port, passwordFile, lifetime);
    }

    /// As [#command(Path, String, Path, int, Path, Lifetime)], with options of the JVM in place of those for a quick
    /// start.
    public List<String> command(
            Path java,
            List<String> jvmOptions,
            String classPath,
            Path data,
            int port,
            @Nullable Path passwordFile,
            Lifetime lifetime) {
        List<String> command = new ArrayList<>(List.of(java.toString(), heap));
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-Xshare:auto",
                "-Duser.timezone=UTC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=io/weir/embedded/server-logback.xml",
                "-cp",
                classPath,
                main.getName(),
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port)));
        if (passwordFile != null) {
            command.addAll(List.of("--password-file", passwordFile.toString()));
        }
        if (lifetime == Lifetime.OF_THE_PARENT) {
            command.add("--die-with-parent");
        }
        return command;
    }

    /// Whether it knows a superuser with a password.
    public boolean hasPassword() {
        return this == POSTGRES || this == CLICKHOUSE;
    }
}
