package io.weir.r2dbc.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A migration's statements and directives. A directive is a line comment: `-- weir:allow <rule>: <reason>` lets the
/// next statement break a rule, `weir:allow-in-file` all of the file, `-- weir:phase contract` says that old versions
/// of the service cannot run after it.
///
/// @param contract whether it is of the contract phase, by directive or by `__contract_` in the file's name
/// @param allowed reasons by rule, for all statements
record SqlScript(String file, List<Statement> statements, boolean contract, Map<String, String> allowed) {

    private static final Pattern ALLOW = Pattern.compile("weir:allow\\s+([a-z-]+)\\s*:\\s*(\\S.*)");
    private static final Pattern ALLOW_IN_FILE = Pattern.compile("weir:allow-in-file\\s+([a-z-]+)\\s*:\\s*(\\S.*)");
    private static final Pattern PHASE = Pattern.compile("weir:phase\\s+(expand|contract)\\b");

    /// @param line on which it begins, from 1
    /// @param text upper case, without comments, one space between words, literals emptied
    /// @param allowed reasons by rule
    record Statement(int line, String text, Map<String, String> allowed) {}

    static SqlScript of(String file, String sql) {
        return new Reader(file, sql).read();
    }

    /// Reads character by character, as far as quotes and comments go.
    private static final class Reader {
        private final String file;
        private final String sql;
        private final List<Statement> statements = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final Map<String, String> allowed = new TreeMap<>();
        private final Map<String, String> allowedInFile = new TreeMap<>();
        private boolean contract;
        private int at;
        private int line = 1;
        private int begins;

        Reader(String file, String sql) {
            this.file = file;
            this.sql = sql;
            this.contract = file.contains("__contract_");
        }

        SqlScript read() {
            while (at < sql.length()) {
                step();
            }
            end();
            return new SqlScript(file, List.copyOf(statements), contract, Map.copyOf(allowedInFile));
        }

        private void step() {
            char c = sql.charAt(at);
            if (sql.startsWith("--", at)) {
                comment(sql.indexOf('\n', at));
            } else if (sql.startsWith("/*", at)) {
                skipTo(after("*/", at + 2));
            } else if (c == '\'') {
                append('\'');
                skipTo(literalEnd());
                append('\'');
            } else if (c == '"') {
                int end = after("\"", at + 1);
                for (int i = at; i < end; i++) {
                    append(sql.charAt(i));
                }
                skipTo(end);
            } else if (c == '$' && dollarTag() != null) {
                String tag = String.valueOf(dollarTag());
                append('$');
                append('$');
                skipTo(after(tag, at + tag.length()));
            } else if (c == ';') {
                end();
                at++;
            } else {
                append(c);
                skipTo(at + 1);
            }
        }

        private void comment(int newline) {
            int end = newline < 0 ? sql.length() : newline;
            String comment = sql.substring(at + 2, end);
            Matcher allow = ALLOW.matcher(comment);
            if (allow.find()) {
                allowed.put(allow.group(1), allow.group(2).strip());
            }
            Matcher allowInFile = ALLOW_IN_FILE.matcher(comment);
            if (allowInFile.find()) {
                allowedInFile.put(allowInFile.group(1), allowInFile.group(2).strip());
            }
            Matcher phase = PHASE.matcher(comment);
            if (phase.find()) {
                contract = phase.group(1).equals("contract");
            }
            append(' ');
            skipTo(end);
        }

        private int literalEnd() {
            boolean escapes = at > 0 && "eE".indexOf(sql.charAt(at - 1)) >= 0;
            for (int i = at + 1; i < sql.length(); i++) {
                if (escapes && sql.charAt(i) == '\\') {
                    i++;
                } else if (sql.charAt(i) == '\'') {
                    return i + 1;
                }
            }
            return sql.length();
        }

        private @Nullable String dollarTag() {
            Matcher tag = Pattern.compile("\\$[A-Za-z_]*\\$").matcher(sql).region(at, sql.length());
            return tag.lookingAt() ? tag.group() : null;
        }

        private int after(String word, int from) {
            int found = sql.indexOf(word, from);
            return found < 0 ? sql.length() : found + word.length();
        }

        private void skipTo(int next) {
            for (; at < next; at++) {
                if (sql.charAt(at) == '\n') {
                    line++;
                }
            }
        }

        private void append(char c) {
            if (text.isEmpty() && Character.isWhitespace(c)) {
                return;
            }
            if (text.isEmpty()) {
                begins = line;
            }
            text.append(c);
        }

        private void end() {
            String statement = text.toString().replaceAll("\\s+", " ").strip().toUpperCase(Locale.ROOT);
            if (!statement.isEmpty()) {
                statements.add(new Statement(begins, statement, Map.copyOf(allowed)));
                allowed.clear();
            }
            text.setLength(0);
        }
    }
}
