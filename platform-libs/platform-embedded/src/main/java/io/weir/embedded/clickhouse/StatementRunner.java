package io.weir.embedded.clickhouse;

import io.weir.embedded.clickhouse.FrontRequest.InsertData;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Runs one statement with its own database, settings and parameters, and leaves the connection as it found it.
final class StatementRunner {

    private static final Pattern FORMAT_AT_END = Pattern.compile("(?is)\\bFORMAT\\s+(\\w+)\\s*;?\\s*\\z");

    private final Engine engine;

    StatementRunner(Engine engine) {
        this.engine = engine;
    }

    record Answer(byte[] bytes, String format, QueryStatistics statistics) {}

    Answer run(FrontRequest request) throws IOException, InterruptedException {
        ChdbConnection connection = engine.lease();
        try {
            connection.use(request.database());
            refuseSeveral(connection, request);
            return withSettings(connection, request);
        } finally {
            engine.giveBack(connection);
        }
    }

    private static void refuseSeveral(ChdbConnection connection, FrontRequest request) {
        InsertData insert = request.insert();
        String text = insert == null ? request.sql() : request.sql() + " FORMAT " + insert.format();
        if (connection.countStatements(text) > 1) {
            throw new ChdbException(
                    ChdbException.SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)");
        }
    }

    private static Answer withSettings(ChdbConnection connection, FrontRequest request) throws IOException {
        Map<String, String> settings = request.settings();
        if (settings.isEmpty()) {
            return execute(connection, request);
        }
        try {
            connection.text(settings.entrySet().stream()
                    .map(setting -> setting.getKey() + " = " + literal(setting.getValue()))
                    .collect(Collectors.joining(", ", "SET ", "")));
            return execute(connection, request);
        } finally {
            reset(connection, settings.keySet());
        }
    }

    private static void reset(ChdbConnection connection, Set<String> settings) {
        for (String setting : settings) {
            try {
                connection.text("SET " + setting + " = DEFAULT");
            } catch (ChdbException e) {
                // An unknown setting was refused when it was set; there is nothing to take back.
            }
        }
    }

    private static Answer execute(ChdbConnection connection, FrontRequest request) throws IOException {
        InsertData insert = request.insert();
        if (insert != null) {
            return insert(connection, request, insert);
        }
        try (ChdbResult result = connection.query(request.sql(), request.format(), request.parameters())) {
            Matcher named = FORMAT_AT_END.matcher(request.sql());
            return new Answer(result.bytes(), named.find() ? named.group(1) : request.format(), result.statistics());
        }
    }

    private static Answer insert(ChdbConnection connection, FrontRequest request, InsertData data) throws IOException {
        try (ChdbInsert insert = connection.insert(request.sql(), data.format())) {
            for (InputStream part : data.parts()) {
                insert.append(part);
            }
            try (ChdbResult result = insert.finish()) {
                return new Answer(new byte[0], request.format(), result.statistics());
            }
        }
    }

    private static String literal(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
