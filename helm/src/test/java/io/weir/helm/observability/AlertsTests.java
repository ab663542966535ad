package io.weir.helm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.helm.observability.Shipped.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each alert must say, and that each is tested.
class AlertsTests {

    private static final String RUNBOOKS = "https://docs.weir.example/runbooks/";
    private static final Pattern DASHBOARD = Pattern.compile("https://grafana\\.weir\\.example/d/([a-z-]+)(\\?.*)?");
    private static final Pattern RECORD = Pattern.compile("[a-z_]+:[a-z0-9_]+:[a-z0-9_]+");
    private static final List<String> PARTS = List.of("## Trigger", "## Impact", "## Diagnose", "## Act", "## Verify");
    private static final Pattern ALERT_IN_TEST = Pattern.compile("alertname=\"(\\w+)\"");

    static List<Rule> alerts() {
        return Shipped.alerts();
    }

    @Test
    void thereAreManyAndEachHasItsOwnName() {
        assertThat(alerts()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(alerts()).extracting(Rule::name).doesNotHaveDuplicates();
    }

    @Test
    void recordedSeriesAreNamedByLevelMetricAndOperation() {
        assertThat(Shipped.rules().stream().filter(rule -> !rule.isAlert()))
                .allMatch(rule -> RECORD.matcher(rule.name()).matches());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertSaysWhatItIsWhatItCostsAndWhatToDo(Rule alert) {
        assertThat(alert.node().path("labels").path("severity").asText()).isIn("critical", "warning", "info");
        assertThat(alert.node().path("labels").path("area").asText()).isNotBlank();
        assertThat(alert.annotation("summary")).isNotBlank().doesNotContain("{{");
        assertThat(alert.annotation("description")).isNotBlank();
        assertThat(alert.annotation("impact")).as("what it means for money").isNotBlank();
        assertThat(alert.annotation("runbook_url")).startsWith(RUNBOOKS);
        Path page = Shipped.ROOT
                .resolve("docs/runbooks")
                .resolve(alert.annotation("runbook_url").substring(RUNBOOKS.length()));
        assertThat(page).isRegularFile();
        Matcher dashboard = DASHBOARD.matcher(alert.annotation("dashboard_url"));
        assertThat(dashboard.matches()).as(alert.annotation("dashboard_url")).isTrue();
        JsonNode shown = Shipped.dashboards().get(dashboard.group(1));
        assertThat(shown).as("dashboard " + dashboard.group(1)).isNotNull();
        if (dashboard.group(2) != null) {
            Matcher variable = Pattern.compile("var-(\\w+)=").matcher(dashboard.group(2));
            while (variable.find()) {
                assertThat(Shipped.variable(shown, variable.group(1)).isMissingNode())
                        .as("variable " + variable.group(1) + " of " + dashboard.group(1))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void aRunbookNamesTheAlertsThatLeadToIt(Rule alert) throws Exception {
        String page = Files.readString(Shipped.ROOT
                .resolve("docs/runbooks")
                .resolve(alert.annotation("runbook_url").substring(RUNBOOKS.length())));
        assertThat(page).contains("`" + alert.name() + "`").contains(PARTS);
    }

    @Test
    void eachIsSilentFiresAndResolvesInATest() {
        Map<String, Set<Boolean>> seen = new HashMap<>();
        Map<String, List<Boolean>> order = new HashMap<>();
        for (Path file : Shipped.files(Shipped.RULE_TESTS, "-test.yaml")) {
            Shipped.yaml(file)
                    .path("tests")
                    .forEach(test -> test.path("promql_expr_test").forEach(one -> {
                        Matcher name = ALERT_IN_TEST.matcher(one.path("expr").asText());
                        assertThat(name.find()).as(one.toString()).isTrue();
                        boolean fires = !one.path("exp_samples").isEmpty();
                        seen.computeIfAbsent(name.group(1), absent -> new HashSet<>())
                                .add(fires);
                        order.computeIfAbsent(name.group(1), absent -> new ArrayList<>())
                                .add(fires);
                    }));
        }
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(seen.get(alert.name())).as(alert.name()).containsExactlyInAnyOrder(true, false);
            assertThat(order.getOrDefault(alert.name(), List.of()).stream().limit(3))
                    .as(alert.name())
                    .containsExactly(false, true, false);
        });
        assertThat(order.keySet()).isSubsetOf(alerts().stream().map(Rule::name).toList());
    }
}
