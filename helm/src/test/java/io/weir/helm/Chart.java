package io.weir.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The chart with some values. Rendering the same twice renders once, unless asked for anew.
///
/// @param values YAML, over the profile's; empty: none
record Chart(String release, String profile, String values) {

    static final Path DIRECTORY = Path.of("weir");

    /// Helm's library leaves hooks and notes out of what it renders. In this copy hooks are annotated otherwise, and
    /// the
    /// notes are an object, where `global.notes` is set.
    private static final Path COPY = copy();

    private static final String HOOK = "helm.sh/hook";
    private static final String HIDDEN = "hidden.helm.sh/hook";
    private static final String NAMESPACE = "weir-system";
    private static final Map<Chart, Rendered> KNOWN = new ConcurrentHashMap<>();

    static Chart profile(String profile) {
        return new Chart("weir", profile, "");
    }

    /// With no values at all.
    static Chart plain() {
        return profile("");
    }

    /// With these values over the chart's own.
    static Chart with(String values) {
        return new Chart("weir", "", values);
    }

    Chart and(String more) {
        return new Chart(release, profile, more);
    }

    Chart named(String name) {
        return new Chart(name, profile, values);
    }

    Rendered render() {
        return KNOWN.computeIfAbsent(this, chart -> new Rendered(chart.text()));
    }

    /// Fails with what Helm says where the values do not fit.
    String text() {
        TemplateCommand command = new Helm(COPY)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.33.0");
        if (!profile.isEmpty()) {
            command.withValuesFile(
                    DIRECTORY.resolve("profiles").resolve(profile + ".yaml").toAbsolutePath());
        }
        if (values.isEmpty()) {
            return command.call().replace(HIDDEN, HOOK);
        }
        try {
            Path file = Files.createTempFile(Path.of("target").toAbsolutePath(), "values", ".yaml");
            try {
                return command.withValuesFile(Files.writeString(file, values))
                        .call()
                        .replace(HIDDEN, HOOK);
            } finally {
                Files.delete(file);
            }
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /// What is told after an installation.
    String notes() {
        String text = and(values + "\nglobal: {notes: true}\n")
                .render()
                .get("Notes", "notes")
                .path("text")
                .asText();
        return text.strip();
    }

    private static Path copy() {
        Path copy = Path.of("target", "chart", "weir").toAbsolutePath();
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(DIRECTORY.relativize(file));
                Files.createDirectories(to.getParent());
                String text = Files.readString(file);
                Files.writeString(to, file.toString().contains("templates") ? text.replace(HOOK, HIDDEN) : text);
            }
            Files.move(
                    copy.resolve("templates/NOTES.txt"),
                    copy.resolve("files/notes.txt"),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(copy.resolve("templates/zz-notes.yaml"), """
                {{- if (.Values.global).notes }}
                ---
                apiVersion: v1
                kind: Notes
                metadata: {name: notes}
                text: |
                  {{- tpl (.Files.Get "files/notes.txt") . | nindent 2 }}
                {{- end }}
                """);
            return copy;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
