package io.weir.r2dbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A service's database, and who it logs in as.
///
/// @param mover where tenants may be moved: who copies their rows
/// @param provisioner where tenants get schemas and databases of their own: who makes them
/// @param pooler what stands between the pools and the server
/// @param tls how connections are encrypted, to the pooler too
/// @param startTimeout how long a start waits for the database to answer
@ConfigurationProperties("weir.postgres")
public record PostgresProperties(
        @DefaultValue("127.0.0.1") String host,
        @DefaultValue("5432") int port,
        String database,
        Login app,
        Login platform,
        Login migrator,
        @Nullable Login mover,
        @Nullable Login provisioner,
        @DefaultValue Pool pool,
        @DefaultValue Pooler pooler,
        @DefaultValue PostgresTls tls,
        @DefaultValue("60s") Duration startTimeout) {

    @ConstructorBinding
    public PostgresProperties {}

    /// Without a pooler and in the clear.
    public PostgresProperties(
            String host,
            int port,
            String database,
            Login app,
            Login platform,
            Login migrator,
            @Nullable Login mover,
            @Nullable Login provisioner,
            Pool pool,
            Duration startTimeout) {
        this(
                host,
                port,
                database,
                app,
                platform,
                migrator,
                mover,
                provisioner,
                pool,
                Pooler.NONE,
                PostgresTls.NONE,
                startTimeout);
    }

    /// A role and its password.
    public record Login(String username, String password) {

        @Override
        public String toString() {
            return "Login[" + username + "]";
        }
    }

    /// How many connections there are and how long anything may hold one.
    ///
    /// @param maxSize connections of the app role
    /// @param platformMaxSize connections of the platform role
    /// @param maxPending callers that may wait for a connection; further ones fail at once
    /// @param maxAcquireTime how long one of them waits
    /// @param maxAge after which a connection is replaced
    public record Pool(
            @DefaultValue("10") int maxSize,
            @DefaultValue("3") int platformMaxSize,
            @DefaultValue("256") int maxPending,
            @DefaultValue("250ms") Duration maxAcquireTime,
            @DefaultValue("5s") Duration connectTimeout,
            @DefaultValue("5s") Duration statementTimeout,
            @DefaultValue("2s") Duration lockTimeout,
            @DefaultValue("15s") Duration idleInTransactionTimeout,
            @DefaultValue("30m") Duration maxAge) {}

    /// The same logins and limits on another database: a site of tenants' placed rows.
    public PostgresProperties at(String otherHost, int otherPort, String otherDatabase) {
        return new PostgresProperties(
                otherHost,
                otherPort,
                otherDatabase,
                app,
                platform,
                migrator,
                mover,
                provisioner,
                pool,
                Pooler.NONE,
                tls,
                startTimeout);
    }

    /// The same database, reached through that pooler.
    public PostgresProperties through(Pooler other) {
        return new PostgresProperties(
                host, port, database, app, platform, migrator, mover, provisioner, pool, other, tls, startTimeout);
    }

    /// The same database with other limits.
    public PostgresProperties within(Pool limits) {
        return new PostgresProperties(
                host, port, database, app, platform, migrator, mover, provisioner, limits, pooler, tls, startTimeout);
    }

    /// For JDBC, without user and password; past the pooler.
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?connectTimeout=5&socketTimeout=60"
                + tls.jdbcParameters();
    }

    /// Names the database in messages.
    String address() {
        return "'" + database + "' at " + host + ":" + port;
    }
}
