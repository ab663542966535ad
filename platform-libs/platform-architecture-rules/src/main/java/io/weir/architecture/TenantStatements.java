package io.weir.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Refuses SQL on tenants' tables that does not name `tenant_id`. The policy would hold, but without the predicate the
/// server cannot choose a plan by it, and nothing would back the policy up.
///
/// Looks at the string literals and text blocks of a module's main sources; literals that are joined by `+` count as
/// one, with constants that stand between them. Statements of the platform's own work cross tenants on purpose: a file
/// that uses `PlatformTransaction` and not
/// `TenantTransaction` is left alone, and elsewhere the SQL says so with a comment `/* platform: <why> */`.
public final class TenantStatements {

    private static final Pattern TABLE =
            Pattern.compile("CREATE TABLE (?:IF NOT EXISTS )?(?:\\w+\\.)?(\\w+) \\((.*?)\\n\\)", Pattern.DOTALL);
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\"(?<block>.*?)\"\"\"|\"(?<text>(?:\\\\.|[^\"\\\\\\n])*)\"|'(?:\\\\.|[^'\\\\])'",
            Pattern.DOTALL);
    private static final Pattern JOINED = Pattern.compile("\\s*\\+\\s*(?:[\\w.()\\[\\]]+\\s*\\+\\s*)*");
    private static final Pattern LEADING = Pattern.compile("((?:[\\w.]+\\s*\\+\\s*)+)$");
    private static final Pattern TRAILING = Pattern.compile("(?:\\s*\\+\\s*(?:[A-Z]\\w*\\.)?[A-Z_0-9]+\\b)+");
    private static final Pattern ASSIGNED = Pattern.compile("(\\w+)\\s*=\\s*(?:[\\w.]+\\s*\\+\\s*)*$");
    private static final Pattern NAME = Pattern.compile("\\b(?:[A-Z]\\w*\\.)?[A-Z][A-Z_0-9]*\\b");
    private static final int LOOK_BACK = 200;
    private static final Pattern PLATFORM = Pattern.compile("/\\* platform: \\S.*?\\*/", Pattern.DOTALL);

    private TenantStatements() {}

    /// Checks the module in that directory. Throws [AssertionError] listing each statement that names no tenant, or
    /// when there is no tenant table at all and the check would pass without meaning.
    ///
    /// @param module holds `src/main/java`, and its migrations under `src/main/resources/db`
    public static void check(Path module) {
        Set<String> tables = tables(module.resolve("src/main/resources/db"));
        if (tables.isEmpty()) {
            throw new AssertionError("no table with a tenant_id under " + module.toAbsolutePath());
        }
        List<Path> sources = files(module.resolve("src/main/java"), ".java");
        Map<String, String> shared = new HashMap<>();
        for (Path source : sources) {
            String type = source.getFileName().toString().replace(".java", ".");
            constants(read(source), Map.of()).forEach((name, text) -> shared.putIfAbsent(type + name, text));
        }
        List<String> wrong = new ArrayList<>();
        for (Path source : sources) {
            wrong.addAll(wrong(source.getFileName().toString(), read(source), tables, shared));
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError("SQL on tenants' tables without tenant_id:\n" + String.join("\n", wrong));
        }
    }

    /// What is wrong in one source, as `file: table: statement`.
    static List<String> wrong(String name, String source, Set<String> tables, Map<String, String> shared) {
        if (source.contains("PlatformTransaction") && !source.contains("TenantTransaction")) {
            return List.of();
        }
        List<String> wrong = new ArrayList<>();
        for (String literal : literals(source, shared)) {
            for (String table : tables) {
                if (!namesTenant(literal, table)) {
                    wrong.add(name + ": " + table + ": " + literal.strip().replaceAll("\\s+", " "));
                }
            }
        }
        return wrong;
    }

    private static boolean namesTenant(String sql, String table) {
        if (PLATFORM.matcher(sql).find()) {
            return true;
        }
        Matcher use = Pattern.compile(
                        "\\b(FROM|JOIN|UPDATE|INTO|USING)\\s+(?:public\\.)?" + table
                                + "\\b(?:\\s+(?:AS\\s+)?(?!SET|WHERE|ON|USING|ORDER|VALUES|SELECT|LIMIT|JOIN|LEFT|GROUP|FOR|DEFAULT)(\\w+))?")
                .matcher(sql);
        while (use.find()) {
            String alias = use.group(2) == null ? table : use.group(2);
            boolean named = Pattern.compile("\\b(?:" + Pattern.quote(alias) + "|" + table + ")\\.tenant_id\\b")
                            .matcher(sql)
                            .find()
                    || Pattern.compile("(?<![\\w.])tenant_id\\b").matcher(sql).find();
            if (!named) {
                return false;
            }
        }
        return true;
    }

    /// The strings of a source: literals that are joined by `+` as one, with constants between them.
    private static List<String> literals(String source, Map<String, String> shared) {
        return joined(source, constants(source, shared)).stream()
                .map(one -> one[1])
                .toList();
    }

    private static Map<String, String> constants(String source, Map<String, String> shared) {
        Map<String, String> constants = new HashMap<>(shared);
        for (String[] one : joined(source, shared)) {
            constants.putIfAbsent(one[0], one[1]);
        }
        return constants;
    }

    // Each with the name that it is assigned to, or an empty one.
    private static List<String[]> joined(String source, Map<String, String> constants) {
        List<String[]> found = new ArrayList<>();
        int end = -1;
        Matcher token = TOKEN.matcher(source);
        while (token.find()) {
            String text = token.group("block") != null ? token.group("block") : token.group("text");
            if (text == null) {
                continue;
            }
            String between = end < 0 ? "" : source.substring(end, token.start());
            if (end >= 0 && JOINED.matcher(between).matches()) {
                found.getLast()[1] += filled(between, constants) + text;
            } else {
                String before = source.substring(Math.max(0, token.start() - LOOK_BACK), token.start());
                found.add(new String[] {name(before), filled(group(LEADING, before), constants) + text});
            }
            end = token.end();
            Matcher trailing = TRAILING.matcher(source).region(end, source.length());
            if (trailing.lookingAt()) {
                found.getLast()[1] += filled(trailing.group(), constants);
            }
        }
        return found;
    }

    private static String name(String before) {
        return group(ASSIGNED, before);
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String filled(String names, Map<String, String> constants) {
        StringBuilder text = new StringBuilder();
        Matcher name = NAME.matcher(names);
        while (name.find()) {
            text.append(constants.getOrDefault(name.group(), ""));
        }
        return text.toString();
    }

    /// The tables that migrations make with a column `tenant_id`.
    static Set<String> tables(Path migrations) {
        Set<String> tables = new TreeSet<>();
        for (Path file : files(migrations, ".sql")) {
            Matcher table = TABLE.matcher(read(file));
            while (table.find()) {
                if (table.group(2).contains("tenant_id")) {
                    tables.add(table.group(1).toLowerCase(Locale.ROOT));
                }
            }
        }
        return tables;
    }

    private static List<Path> files(Path directory, String ending) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(directory + " cannot be read", failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " cannot be read", failed);
        }
    }
}
