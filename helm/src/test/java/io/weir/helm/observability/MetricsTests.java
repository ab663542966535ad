package io.weir.helm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.helm.observability.Shipped.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every metric that a rule or dashboard names is documented, and what is documented is in the code.
class MetricsTests {

    private static final Path PAGE = Shipped.ROOT.resolve("docs/reference/metrics.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (\\w+) \\|");
    private static final Pattern LITERAL = Pattern.compile("\"((?:weir|gateway)\\.[a-z.]+)\"");

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>(Set.of("up"));
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            String name = row.group(1);
            switch (row.group(2)) {
                case "histogram" ->
                    names.addAll(List.of(name + "_bucket", name + "_count", name + "_sum", name + "_max"));
                case "summary" -> names.addAll(List.of(name + "_count", name + "_sum", name + "_max"));
                default -> names.add(name);
            }
        }
        return names;
    }

    private static Set<String> recorded() {
        return Shipped.rules().stream()
                .filter(rule -> !rule.isAlert())
                .map(Rule::name)
                .collect(Collectors.toSet());
    }

    @Test
    void everyMetricOfARuleIsDocumentedOrRecorded() throws IOException {
        Set<String> known = documented();
        known.addAll(recorded());
        List<String> unknown = new ArrayList<>();
        for (Rule rule : Shipped.rules()) {
            MetricNames.of(rule.expr()).stream()
                    .filter(name -> !known.contains(name))
                    .forEach(name -> unknown.add(rule + " names " + name));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyMetricOfADashboardIsDocumentedOrRecorded() throws IOException {
        Set<String> known = documented();
        known.addAll(recorded());
        List<String> unknown = new ArrayList<>();
        Shipped.dashboards()
                .forEach((uid, dashboard) -> Shipped.panels(dashboard)
                        .forEach(panel -> panel.path("targets")
                                .forEach(target -> MetricNames.of(
                                                target.path("expr").asText())
                                        .stream()
                                        .filter(name -> !known.contains(name))
                                        .forEach(name -> unknown.add(
                                                uid + ", " + panel.path("title").asText() + ", names " + name)))));
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyRecordedSeriesIsUsed() {
        Set<String> used = new TreeSet<>();
        Shipped.rules().forEach(rule -> used.addAll(MetricNames.of(rule.expr())));
        Shipped.dashboards().values().stream()
                .flatMap(dashboard -> Shipped.panels(dashboard).stream())
                .forEach(panel -> panel.path("targets")
                        .forEach(target ->
                                used.addAll(MetricNames.of(target.path("expr").asText()))));
        String annotations = Shipped.alerts().stream()
                .map(alert -> alert.node().path("annotations").toString())
                .collect(Collectors.joining("\n"));
        assertThat(recorded()).allMatch(name -> used.contains(name) || annotations.contains(name));
    }

    @Test
    void thePageHasWhatTheCodeRegistersAndNothingElse() throws IOException {
        Set<String> inCode = inCode();
        assertThat(inCode).hasSizeGreaterThan(100);
        Set<String> page = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            if (row.group(1).startsWith("weir_") || row.group(1).startsWith("gateway_")) {
                page.add(row.group(1));
            }
        }
        assertThat(page)
                .as("documented, and in the code")
                .allMatch(name -> inCode.stream().anyMatch(code -> is(name, code)));
        assertThat(inCode)
                .as("in the code, and documented")
                .allMatch(code -> page.stream().anyMatch(name -> is(name, code)));
    }

    // A unit and `_total` may follow; a name that ends in a dot is the beginning of several.
    private static boolean is(String exported, String code) {
        String name = code.replace('.', '_');
        return exported.equals(name) || exported.startsWith(name.endsWith("_") ? name : name + "_");
    }

    private static Set<String> inCode() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> all = Files.find(
                Shipped.ROOT,
                16,
                (file, attributes) -> file.toString().endsWith(".java")
                        && file.toString().contains("/src/main/java/")
                        && !file.toString().contains("/target/"))) {
            for (Path file : all.toList()) {
                String code = Files.readString(file);
                if (code.contains("io.micrometer.core.instrument")
                        || file.toString().endsWith("Meter.java")) {
                    Matcher literal = LITERAL.matcher(code);
                    while (literal.find()) {
                        names.add(literal.group(1));
                    }
                }
            }
        }
        names.removeIf(MetricsTests::isSetting);
        return names;
    }

    private static boolean isSetting(String name) {
        return Set.of("weir.providers", "weir.tls.port").contains(name);
    }

    @Test
    void namesAreFoundInExpressions() {
        assertThat(MetricNames.of("sum by (plan) (rate(a_total{b=\"c\"}[5m])) / on (plan) group_left (x) 2 * d:e:f"
                        + " and absent(g) offset 1h > 1e6"))
                .containsExactlyInAnyOrder("a_total", "d:e:f", "g");
    }
}
