package io.weir.r2dbc.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one target up to date, one migration after the other. Each waits a moment only for its locks, gives way and
/// tries again, so that nobody queues up behind it. One that fails is rolled back; those before it stay.
///
/// An index that is built concurrently is built outside of a transaction and waits as long as it takes; what an
/// interrupted build left behind is removed first. May be repeated, and continues where it ended. Blocks.
public final class MigrationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationRunner.class);
    private static final int MOST_DOUBLINGS = 20;

    private final MigrationOptions options;
    private final RandomGenerator random;

    public MigrationRunner(MigrationOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
    }

    /// Answers the names of the files that ran. Throws [MigrationFailedException] naming the one that failed.
    public List<String> run(MigrationTarget target) {
        MigrationFiles files = MigrationFiles.of(target.location(), options.contract());
        List<String> ran = new ArrayList<>();
        try {
            forgetFailed(target);
            MigrationInfoService info = flyway(target, files, "0", false).load().info();
            boolean concurrent = Stream.of(info.pending()).anyMatch(one -> files.isConcurrent(one.getScript()));
            if (info.applied().length == 0 && !concurrent) {
                return runAll(target, files, info.pending());
            }
            for (MigrationInfo next : info.pending()) {
                String script = next.getScript();
                runOne(target, files, next, files.isConcurrent(script));
                ran.add(script);
            }
        } catch (FlywayException | SQLException failed) {
            throw new MigrationFailedException(target, ran, failed);
        }
        return List.copyOf(ran);
    }

    /// The files that [#run] would run.
    public List<String> pending(MigrationTarget target) {
        MigrationFiles files = MigrationFiles.of(target.location(), options.contract());
        return pending(target, files).stream().map(MigrationInfo::getScript).toList();
    }

    private List<MigrationInfo> pending(MigrationTarget target, MigrationFiles files) {
        return List.of(flyway(target, files, "0", false).load().info().pending());
    }

    // Where nothing ran yet nobody uses anything: all at once, which is quicker.
    private List<String> runAll(MigrationTarget target, MigrationFiles files, MigrationInfo[] pending)
            throws SQLException {
        Flyway flyway = flyway(target, files, options.lockTimeout().toMillis() + "ms", false)
                .load();
        persist(target, "everything", flyway, false);
        return Stream.of(pending).map(MigrationInfo::getScript).toList();
    }

    private void runOne(MigrationTarget target, MigrationFiles files, MigrationInfo next, boolean concurrent)
            throws SQLException {
        String lockTimeout = concurrent ? "0" : options.lockTimeout().toMillis() + "ms";
        Flyway flyway = flyway(target, files, lockTimeout, concurrent)
                .target(next.getVersion())
                .load();
        persist(target, next.getScript(), flyway, concurrent);
    }

    private void persist(MigrationTarget target, String what, Flyway flyway, boolean concurrent) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                if (concurrent) {
                    dropInvalidIndexes(target);
                }
                flyway.migrate();
                return;
            } catch (FlywayException failed) {
                forgetFailed(target);
                if (!isLockNotHad(failed) || attempt >= options.attempts()) {
                    throw failed;
                }
                LOG.info("{}: {} gives way to others, attempt {}", target.name(), what, attempt);
                LockSupport.parkNanos(pauseNanos(attempt));
            }
        }
    }

    private FluentConfiguration flyway(
            MigrationTarget target, MigrationFiles files, String lockTimeout, boolean concurrent) {
        return Flyway.configure()
                .dataSource(dataSource(target, concurrent))
                .initSql("SET ROLE " + target.role() + "; SET lock_timeout = '" + lockTimeout + "'")
                .resourceProvider(files)
                .schemas(target.schema())
                .defaultSchema(target.schema())
                .createSchemas(false)
                .placeholders(target.placeholders())
                .table(target.history())
                // A schema may hold tables of other histories already.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .validateMigrationNaming(true)
                // A contract migration may run long after later ones, and is not there to be seen when not wanted.
                .outOfOrder(true)
                .ignoreMigrationPatterns("versioned:missing")
                // Else the lock's transaction would be one that a concurrent build waits for.
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
    }

    private static PGSimpleDataSource dataSource(MigrationTarget target, boolean concurrent) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(target.jdbcUrl());
        source.setUser(target.user());
        source.setPassword(target.password());
        source.setCurrentSchema(target.quotedSchema());
        if (concurrent) {
            source.setSocketTimeout(0);
        }
        return source;
    }

    // The statement outside of a transaction that failed leaves a line that would keep every further run away.
    private void forgetFailed(MigrationTarget target) throws SQLException {
        String history = target.quotedSchema() + "." + target.history();
        try (Connection connection = dataSource(target, false).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + target.role());
            try (ResultSet found = statement.executeQuery("SELECT to_regclass('" + history + "') IS NOT NULL")) {
                if (!found.next() || !found.getBoolean(1)) {
                    return;
                }
            }
            statement.execute("DELETE FROM " + history + " WHERE NOT success");
        }
    }

    private void dropInvalidIndexes(MigrationTarget target) throws SQLException {
        List<String> invalid = new ArrayList<>();
        try (Connection connection = dataSource(target, true).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + target.role());
            try (ResultSet rows = statement.executeQuery("SELECT i.indexrelid::regclass::text FROM pg_index i"
                    + " JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid"
                    + " AND c.relnamespace = '" + target.quotedSchema() + "'::regnamespace"
                    + " AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p"
                    + " WHERE p.index_relid = i.indexrelid)")) {
                while (rows.next()) {
                    invalid.add(rows.getString(1));
                }
            }
            for (String index : invalid) {
                LOG.warn("{}: drops index {}, whose build was interrupted", target.name(), index);
                statement.execute("DROP INDEX CONCURRENTLY " + index);
            }
        }
    }

    private long pauseNanos(int attempt) {
        Duration most = options.pause().multipliedBy(Math.min(MOST_DOUBLINGS, 1L << Math.min(attempt - 1, 10)));
        long nanos = TimeUnit.MILLISECONDS.toNanos(most.toMillis());
        return nanos == 0 ? 0 : nanos / 2 + random.nextLong(nanos / 2 + 1);
    }

    // 55P03: the lock was not to be had in time; 40P01: a deadlock, of which we are the one that gives way.
    private static boolean isLockNotHad(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof SQLException told && told.getSQLState() != null) {
                return told.getSQLState().equals("55P03") || told.getSQLState().equals("40P01");
            }
        }
        return false;
    }
}
