package io.weir.local.prove.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/// Values that parsers, databases and logs have stumbled over, as they stand in JSON text, right or wrong.
final class Nasty {

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1",
            "1.5",
            "1e308",
            "1e309",
            "-1e999999",
            "1e1000000000",
            "1e-1000000000",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "0.1e-400",
            "NaN",
            "Infinity",
            "-",
            "01",
            "+1",
            ".5",
            "0x10",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\ufffe\\uffff\"",
            "\"\\u202e\\u200b\"",
            "\"\\r\\n\\r\\ndata: [DONE]\\n\\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"a\tb\"",
            "'single'",
            "bare",
            "[]",
            "{}",
            "[null]",
            "[[[]]]",
            "{\"\":\"\"}",
            "{\"__proto__\":{\"a\":1}}",
            "{\"type\":\"text\"}",
            "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"\"}}]",
            "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://169.254.169.254/latest\"}}]",
            "\"data:image/png;base64,####\"",
            "\"../../etc/passwd\"",
            "\"'; DROP TABLE tenants; --\"",
            "\"${jndi:ldap://127.0.0.1:1/x}\"",
            "\"auto\"",
            "\"gpt-4o-mini\"");

    private static final int DIGITS = 5_000;
    private static final int LONG = 60_000;

    private Nasty() {}

    static String value(SplittableRandom random) {
        return switch (random.nextInt(24)) {
            case 0 -> "9".repeat(1 + random.nextInt(DIGITS));
            case 1 -> "0." + "3".repeat(1 + random.nextInt(DIGITS));
            case 2 -> '"' + "\\ud83d".repeat(1 + random.nextInt(50)) + '"';
            case 3 -> '"' + "x".repeat(random.nextInt(LONG)) + '"';
            case 4 -> deep(random, "[", "]");
            case 5 -> deep(random, "{\"a\":", "}");
            case 6 -> "[" + "0,".repeat(random.nextInt(LONG / 4)) + "0]";
            default -> VALUES.get(random.nextInt(VALUES.size()));
        };
    }

    private static String deep(SplittableRandom random, String open, String close) {
        int depth = List.of(20, 200, 600, 1_200, 20_000).get(random.nextInt(5));
        return open.repeat(depth) + "1" + (random.nextInt(4) == 0 ? "" : close.repeat(depth));
    }

    /// Text for a header's value.
    static String header(SplittableRandom random) {
        return switch (random.nextInt(9)) {
            case 0 -> "";
            case 1 -> "x".repeat(random.nextInt(20_000));
            case 2 -> "\u00e9\u00ff";
            case 3 -> "\u0000";
            case 4 -> "\t \t";
            case 5 -> "a\r b";
            case 6 -> "%s%n${x}";
            case 7 -> "\"unclosed";
            default -> Integer.toString(random.nextInt());
        };
    }
}
