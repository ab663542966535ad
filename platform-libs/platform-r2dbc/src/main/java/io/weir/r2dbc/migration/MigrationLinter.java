package io.weir.r2dbc.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds statements that must not run while a table is used. Statements about tables that the same file creates are
/// free: nobody uses those yet.
public final class MigrationLinter {

    private static final String NAME = "(?:IF (?:NOT )?EXISTS )?(?:ONLY )?((?:\"[^\"]+\"|[\\w.$]+)+)";
    private static final Pattern CREATED =
            Pattern.compile("CREATE (?:UNLOGGED |TEMP |TEMPORARY )?(?:TABLE|MATERIALIZED VIEW|VIEW) " + NAME);
    private static final Pattern TOUCHED = Pattern.compile("(?:ALTER TABLE|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?"
            + "|CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?:\\S+ )?ON|LOCK(?: TABLE)?) " + NAME);
    private static final Pattern ADDED = Pattern.compile("ADD CONSTRAINT (\\S+)");
    private static final Pattern VALIDATED = Pattern.compile("VALIDATE CONSTRAINT (\\S+)");

    /// How a statement stands to those who use the table meanwhile.
    public enum Kind {
        /// Runs in a moment, in the file's transaction.
        ONLINE,
        /// Runs long, outside of a transaction, and keeps nobody out.
        CONCURRENT,
        /// Must not run.
        FORBIDDEN
    }

    /// @param line of the statement, from 1
    public record Finding(String file, int line, StatementRule rule, String statement) {

        @Override
        public String toString() {
            return file + ":" + line + ": " + rule.slug() + ": " + statement + "\n    It " + rule.why()
                    + ".\n    Instead: " + rule.instead() + ".\n    Or, above it: -- weir:allow " + rule.slug()
                    + ": <why it is safe here>";
        }
    }

    private MigrationLinter() {}

    /// All findings of the `.sql` files directly in the directory, in order of their names.
    public static List<Finding> lint(Path directory) {
        List<Finding> findings = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> scripts = files.filter(file -> file.toString().endsWith(".sql"))
                    .sorted()
                    .toList();
            for (Path script : scripts) {
                findings.addAll(lint(String.valueOf(script.getFileName()), Files.readString(script)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("migrations of " + directory + " cannot be read", e);
        }
        return List.copyOf(findings);
    }

    /// The findings of one file.
    public static List<Finding> lint(String file, String sql) {
        SqlScript script = SqlScript.of(file, sql);
        List<Finding> findings = new ArrayList<>();
        Set<String> created = new HashSet<>();
        Set<String> added = new HashSet<>();
        Set<String> validated = new HashSet<>();
        for (SqlScript.Statement statement : script.statements()) {
            note(CREATED, statement.text(), created);
            note(VALIDATED, statement.text(), validated);
            for (StatementRule rule : StatementRule.values()) {
                boolean excused = excused(script, statement, rule, created, added, validated);
                if (rule.matches(statement.text()) && !excused) {
                    findings.add(new Finding(file, statement.line(), rule, shortened(statement.text())));
                }
            }
            note(ADDED, statement.text(), added);
        }
        return List.copyOf(findings);
    }

    /// How one statement is to be run.
    public static Kind kind(String sql) {
        SqlScript script = SqlScript.of("", sql);
        boolean forbidden = !lint("", sql).isEmpty();
        boolean concurrent = script.statements().stream().anyMatch(statement -> isConcurrent(statement.text()));
        return forbidden ? Kind.FORBIDDEN : concurrent ? Kind.CONCURRENT : Kind.ONLINE;
    }

    static boolean isConcurrent(String statement) {
        return StatementRule.CONCURRENT_NOT_ALONE.matches(statement);
    }

    private static boolean excused(
            SqlScript script,
            SqlScript.Statement statement,
            StatementRule rule,
            Set<String> created,
            Set<String> added,
            Set<String> validated) {
        if (statement.allowed().containsKey(rule.slug()) || script.allowed().containsKey(rule.slug())) {
            return true;
        }
        Matcher touched = TOUCHED.matcher(statement.text());
        if (touched.lookingAt() && created.contains(touched.group(1)) && rule != StatementRule.CONCURRENT_NOT_ALONE) {
            return true;
        }
        return switch (rule) {
            case CONCURRENT_NOT_ALONE -> script.statements().size() == 1;
            case DROP_IN_EXPAND, RENAME, NOT_NULL_COLUMN -> script.contract();
            case SET_NOT_NULL -> !validated.isEmpty();
            case VALIDATED_WITH_ADD -> {
                Matcher constraint = VALIDATED.matcher(statement.text());
                yield !constraint.find() || !added.contains(constraint.group(1));
            }
            default -> false;
        };
    }

    private static void note(Pattern pattern, String statement, Set<String> names) {
        Matcher matcher = pattern.matcher(statement);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
    }

    private static String shortened(String statement) {
        return statement.length() <= 80 ? statement : statement.substring(0, 77) + "...";
    }
}
