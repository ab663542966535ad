package io.weir.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings that the services know, as the reference lists them.
final class Settings {

    private static final Path PAGE = Path.of("../docs/reference/settings.md");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private final List<Pattern> variables;

    private Settings(List<Pattern> variables) {
        this.variables = variables;
    }

    static Settings documented() {
        try {
            List<Pattern> variables = new ArrayList<>();
            for (String line : Files.readAllLines(PAGE)) {
                if (line.startsWith("| `")) {
                    addRow(line.substring(1, line.indexOf('|', 1)), variables);
                }
            }
            return new Settings(variables);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void addRow(String names, List<Pattern> variables) {
        String before = "";
        Matcher matcher = NAME.matcher(names);
        while (matcher.find()) {
            String name = matcher.group(1);
            if (name.startsWith(".")) {
                name = before.substring(0, before.lastIndexOf('.')) + name;
            }
            before = name;
            variables.add(variable(name));
        }
    }

    // As Spring's relaxed binding has it: dashes go, dots and indexes become underscores.
    private static Pattern variable(String property) {
        String regex = property.toUpperCase(Locale.ROOT)
                .replace("-", "")
                .replaceAll("\\[N]", "_[0-9]+")
                .replaceAll("<[^>]+>", "[A-Z0-9]+")
                .replace(".*", "_[A-Z0-9_]+")
                .replaceAll("\\.(?!\\[)", "_")
                .replaceAll("\\.(?=\\[A-Z)", "_");
        return Pattern.compile(regex);
    }

    /// Whether a property of that name is documented, the name being an environment variable's.
    boolean know(String variable) {
        return variables.stream().anyMatch(pattern -> pattern.matcher(variable).matches());
    }

    int size() {
        return variables.size();
    }
}
