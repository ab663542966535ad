package io.weir.helm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The rules of Grafana's dashboard-linter, and a few of our own. Queries of recorded series are excluded from those
/// about jobs and instances: a recorded series has neither.
class DashboardsTests {

    private static final Pattern SELECTOR = Pattern.compile("\\b[a-z][a-z0-9_]*\\{([^}]*)}");
    private static final Pattern RATE = Pattern.compile("\\b(rate|irate|increase)\\s*\\(");
    private static final Pattern WINDOW = Pattern.compile("\\[([^]]+)]");
    private static final Set<String> UNITS =
            Set.of("short", "s", "ms", "percentunit", "reqps", "ops", "bytes", "Bps", "currencyUSD", "none", "percent");
    private static final String PROMETHEUS = "prometheus";

    static Set<Map.Entry<String, JsonNode>> dashboards() {
        return Shipped.dashboards().entrySet();
    }

    static List<Map.Entry<String, JsonNode>> ofPrometheus() {
        return dashboards().stream()
                .filter(one -> Shipped.variable(one.getValue(), "datasource")
                        .path("query")
                        .asText()
                        .equals(PROMETHEUS))
                .toList();
    }

    @Test
    void thereAreEnough() {
        assertThat(dashboards()).hasSizeGreaterThanOrEqualTo(12);
        assertThat(dashboards().size() - ofPrometheus().size()).as("per tenant").isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void itsIdIsItsFilesNameAndNobodyEditsIt(Map.Entry<String, JsonNode> named) {
        JsonNode dashboard = named.getValue();
        assertThat(dashboard.path("uid").asText()).isEqualTo(named.getKey());
        assertThat(dashboard.has("id")).isFalse();
        assertThat(dashboard.path("editable").asBoolean(true)).isFalse();
        assertThat(dashboard.path("title").asText()).startsWith("Weir / ");
        assertThat(dashboard.path("description").asText()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void itsDataSourceIsAVariable(Map.Entry<String, JsonNode> named) {
        JsonNode source = Shipped.variable(named.getValue(), "datasource");
        assertThat(source.path("type").asText()).isEqualTo("datasource");
        assertThat(source.path("label").asText()).isEqualTo("Data source");
        for (JsonNode panel : Shipped.panels(named.getValue())) {
            assertThat(panel.path("datasource").path("uid").asText())
                    .as(panel.path("title").asText())
                    .isEqualTo("$datasource");
            panel.path("targets")
                    .forEach(target -> assertThat(
                                    target.path("datasource").path("uid").asText())
                            .isEqualTo("$datasource"));
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsSayWhatTheyShowAndInWhichUnit(Map.Entry<String, JsonNode> named) {
        List<JsonNode> panels = Shipped.panels(named.getValue());
        assertThat(panels).isNotEmpty();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : panels) {
            String title = named.getKey() + ": " + panel.path("title").asText();
            assertThat(panel.path("title").asText()).as(title).isNotBlank();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.path("targets")).as(title).isNotEmpty();
            assertThat(ids.add(panel.path("id").asInt())).as(title + ": its id").isTrue();
            assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
                    .as(title)
                    .isIn(UNITS);
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsDoNotLieOverEachOther(Map.Entry<String, JsonNode> named) {
        List<JsonNode> laid = new ArrayList<>();
        for (JsonNode panel : named.getValue().path("panels")) {
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
            for (JsonNode other : laid) {
                assertThat(overlap(place, other.path("gridPos")))
                        .as(named.getKey() + ": " + panel.path("title") + " and " + other.path("title"))
                        .isFalse();
            }
            laid.add(panel);
        }
    }

    private static boolean overlap(JsonNode a, JsonNode b) {
        return a.path("x").asInt() < b.path("x").asInt() + b.path("w").asInt()
                && b.path("x").asInt() < a.path("x").asInt() + a.path("w").asInt()
                && a.path("y").asInt() < b.path("y").asInt() + b.path("h").asInt()
                && b.path("y").asInt() < a.path("y").asInt() + a.path("h").asInt();
    }

    @ParameterizedTest
    @MethodSource("ofPrometheus")
    void itCanBeNarrowedToAJobAndAnInstance(Map.Entry<String, JsonNode> named) {
        for (String name : List.of("cluster", "namespace", "job", "instance")) {
            JsonNode variable = Shipped.variable(named.getValue(), name);
            assertThat(variable.path("type").asText()).as(name).isEqualTo("query");
            assertThat(variable.path("datasource").path("uid").asText()).isEqualTo("$datasource");
            assertThat(variable.path("query").asText())
                    .startsWith("label_values(")
                    .endsWith(name + ")");
            assertThat(variable.path("multi").asBoolean()).isTrue();
            assertThat(variable.path("includeAll").asBoolean()).isTrue();
            assertThat(variable.path("label").asText()).isEqualToIgnoringCase(name);
        }
        for (JsonNode variable : named.getValue().path("templating").path("list")) {
            if (variable.path("type").asText().equals("query")) {
                assertThat(variable.path("refresh").asInt())
                        .as("loaded when the time changes")
                        .isEqualTo(2);
            }
        }
        assertThat(Shipped.variable(named.getValue(), "job").path("allValue").asText())
                .isEqualTo(".+");
        assertThat(Shipped.variable(named.getValue(), "instance")
                        .path("allValue")
                        .asText())
                .isEqualTo(".+");
    }

    @ParameterizedTest
    @MethodSource("ofPrometheus")
    void queriesKeepToTheVariablesAndToTheIntervalOfScrapes(Map.Entry<String, JsonNode> named) {
        for (JsonNode panel : Shipped.panels(named.getValue())) {
            for (JsonNode target : panel.path("targets")) {
                String expr = target.path("expr").asText();
                String what = named.getKey() + ": " + panel.path("title").asText() + ": " + expr;
                assertThat(expr).as(what).isNotBlank();
                if (named.getKey().equals("weir-slo")) {
                    continue; // recorded series
                }
                Matcher selector = SELECTOR.matcher(expr);
                assertThat(selector.results().count()).as(what).isPositive();
                selector.reset();
                while (selector.find()) {
                    assertThat(selector.group(1)).as(what).contains("job=~\"$job\"", "instance=~\"$instance\"");
                }
                Matcher window = WINDOW.matcher(expr.replaceAll("\"[^\"]*\"", ""));
                while (window.find()) {
                    assertThat(window.group(1)).as(what).isEqualTo("$__rate_interval");
                }
                assertThat(countersWithoutARate(expr)).as(what).isEmpty();
            }
        }
    }

    private static Set<String> countersWithoutARate(String expr) {
        Set<String> bare = new HashSet<>();
        for (String name : MetricNames.of(expr)) {
            boolean counter = name.endsWith("_total")
                    || name.endsWith("_count")
                    || name.endsWith("_sum")
                    || name.endsWith("_bucket");
            Matcher use = Pattern.compile("(\\w+)\\s*\\(\\s*" + name + "\\b").matcher(expr);
            if (counter && !(use.find() && RATE.matcher(use.group(1) + "(").find())) {
                bare.add(name);
            }
        }
        return bare;
    }
}
