package io.weir.embedded.clickhouse;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.weir.embedded.clickhouse.FrontRequest.InsertData;
import io.weir.embedded.clickhouse.FrontRequest.Packing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.jspecify.annotations.Nullable;

/// Reads a request of ClickHouse's HTTP interface: statement in the body or in `?query=`, data behind either.
final class FrontRequestReader {

    /// URL parameters that are not settings.
    private static final Set<String> RESERVED = Set.of(
            "query",
            "database",
            "user",
            "password",
            "query_id",
            "compress",
            "decompress",
            "default_format",
            "quota_key",
            "role",
            "wait_end_of_query",
            "buffer_size",
            "stacktrace",
            "client_protocol_version",
            "enable_http_compression",
            "send_progress_in_http_headers",
            "http_headers_progress_interval_ms",
            "async_insert",
            "wait_for_async_insert",
            "session_timeout",
            "session_check",
            "close_session");

    private static final Pattern INSERT_WITH_FORMAT = Pattern.compile(
            "(?is)\\A((?:\\s|/\\*.*?\\*/|--[^\\n]*\\n)*INSERT\\s+INTO\\b.*?)\\bFORMAT\\s+([A-Za-z]\\w*)[ \\t]*;?[ \\t]*(?:\\r?\\n|\\z)");
    private static final Pattern INLINE_VALUES = Pattern.compile("(?is)\\bVALUES\\s*\\(");
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)");
    private static final Pattern PART_NAME = Pattern.compile("name=\"([^\"]+)\"");
    private static final int LONGEST_INSERT_STATEMENT = 1 << 16;

    private FrontRequestReader() {}

    static FrontRequest read(HttpExchange exchange, Map<String, String> url) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        Map<String, String> values = new LinkedHashMap<>(url);
        InputStream body = body(exchange, values);
        String type = headers.getFirst("Content-Type");
        if (type != null && type.startsWith("multipart/form-data")) {
            readParts(body, type, values);
            body = InputStream.nullInputStream();
        }
        if (values.containsKey("session_id")) {
            throw new ChdbException(
                    ChdbException.NOT_IMPLEMENTED, "NOT_IMPLEMENTED", "Sessions are not kept by this server");
        }
        Statement statement = statement(values.getOrDefault("query", ""), body);
        return new FrontRequest(
                statement.sql(),
                statement.insert(),
                first(values.get("database"), headers.getFirst("X-ClickHouse-Database"), "default"),
                first(headers.getFirst("X-ClickHouse-Format"), values.get("default_format"), "TabSeparated"),
                parameters(values),
                settings(values),
                packing(values, headers));
    }

    static Map<String, String> parameters(@Nullable String rawQuery, Map<String, String> into) {
        if (rawQuery != null) {
            for (String pair : rawQuery.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    into.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                }
            }
        }
        return into;
    }

    private static InputStream body(HttpExchange exchange, Map<String, String> values) throws IOException {
        InputStream raw = exchange.getRequestBody();
        String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
        InputStream body = switch (encoding == null ? "identity" : encoding) {
            case "identity" -> raw;
            case "gzip" -> new GZIPInputStream(raw);
            case "lz4" -> new LZ4FrameInputStream(raw);
            case "zstd" -> new ZstdInputStream(raw);
            default ->
                throw new ChdbException(
                        ChdbException.CANNOT_READ, "UNKNOWN_COMPRESSION", "Content encoding " + encoding);
        };
        return "1".equals(values.get("decompress")) ? BlockCompression.decompress(body) : body;
    }

    private record Statement(String sql, @Nullable InsertData insert) {}

    private static Statement statement(String inUrl, InputStream body) throws IOException {
        Matcher insert = insertWithFormat(inUrl);
        if (insert != null) {
            return new Statement(insert.group(1), new InsertData(insert.group(2), List.of(body)));
        }
        if (!inUrl.isBlank()) {
            String rest = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            return new Statement(rest.isBlank() ? inUrl : inUrl + "\n" + rest, null);
        }
        byte[] head = body.readNBytes(LONGEST_INSERT_STATEMENT);
        // One character per byte, so that places in the text are places in the bytes.
        Matcher inBody = insertWithFormat(new String(head, StandardCharsets.ISO_8859_1));
        if (inBody != null && !inBody.group(2).equalsIgnoreCase("Values")) {
            String sql = new String(inBody.group(1).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            InputStream behind = new ByteArrayInputStream(head, inBody.end(), head.length - inBody.end());
            return new Statement(sql, new InsertData(inBody.group(2), List.of(behind, body)));
        }
        byte[] tail = body.readAllBytes();
        byte[] all = new byte[head.length + tail.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return new Statement(new String(all, StandardCharsets.UTF_8), null);
    }

    private static @Nullable Matcher insertWithFormat(String sql) {
        Matcher matcher = INSERT_WITH_FORMAT.matcher(sql);
        boolean found =
                matcher.find() && !INLINE_VALUES.matcher(matcher.group(1)).find();
        return found ? matcher : null;
    }

    private static Map<String, String> parameters(Map<String, String> values) {
        Map<String, String> parameters = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith("param_")) {
                parameters.put(name.substring("param_".length()), value);
            }
        });
        return parameters;
    }

    private static Map<String, String> settings(Map<String, String> values) {
        Map<String, String> settings = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (!name.startsWith("param_") && !RESERVED.contains(name)) {
                if (!name.matches("\\w+")) {
                    throw new ChdbException(
                            ChdbException.UNKNOWN_SETTING, "UNKNOWN_SETTING", "Unknown setting '" + name + "'");
                }
                settings.put(name, value);
            }
        });
        return settings;
    }

    private static Packing packing(Map<String, String> values, Headers headers) {
        if ("1".equals(values.get("compress"))) {
            return Packing.CLICKHOUSE_BLOCKS;
        }
        String accepted = headers.getFirst("Accept-Encoding");
        boolean frames =
                "1".equals(values.get("enable_http_compression")) && accepted != null && accepted.contains("lz4");
        return frames ? Packing.LZ4_FRAMES : Packing.PLAIN;
    }

    private static void readParts(InputStream body, String type, Map<String, String> values) throws IOException {
        Matcher boundary = BOUNDARY.matcher(type);
        if (!boundary.find()) {
            return;
        }
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        for (String part : text.split(Pattern.quote("--" + boundary.group(1)), -1)) {
            int start = part.indexOf("\r\n\r\n");
            Matcher name = PART_NAME.matcher(part);
            if (start > 0 && name.find()) {
                values.put(name.group(1), part.substring(start + 4, part.length() - 2));
            }
        }
    }

    private static String first(@Nullable String one, @Nullable String other, String otherwise) {
        if (one != null && !one.isEmpty()) {
            return one;
        }
        return other != null && !other.isEmpty() ? other : otherwise;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
