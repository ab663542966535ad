package io.weir.embedded.clickhouse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What ClickHouse refused, in ClickHouse's own words: `Code: N. DB::Exception: ... (NAME)`.
final class ChdbException extends RuntimeException {

    static final int SYNTAX_ERROR = 62;
    static final int NOT_IMPLEMENTED = 48;
    static final int UNKNOWN_SETTING = 115;
    static final int TOO_MANY_SIMULTANEOUS_QUERIES = 202;
    static final int AUTHENTICATION_FAILED = 516;
    static final int CANNOT_READ = 1000;
    static final int UNKNOWN_EXCEPTION = 1002;

    private static final long serialVersionUID = 1L;
    private static final Pattern CODE = Pattern.compile("Code: (\\d+)");

    private final int code;

    ChdbException(String message) {
        super(message);
        Matcher matcher = CODE.matcher(message);
        this.code = matcher.find() ? Integer.parseInt(matcher.group(1)) : UNKNOWN_EXCEPTION;
    }

    ChdbException(int code, String name, String message) {
        this("Code: " + code + ". DB::Exception: " + message + ". (" + name + ")");
    }

    int code() {
        return code;
    }
}
