package io.weir.local.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.platform.Fleet;
import io.weir.local.prove.Proof.Outcome;
import io.weir.local.prove.SickProviders.Terms;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.fuzz.Mangler;
import io.weir.local.state.Layout;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The short forms of `./weir prove fuzz`, `providers` and `limits`, on one platform. The first wants a ledger without
/// calls, the last takes Redis away: hence their order. How fast a slow machine is, is not looked at.
@Tag("e2e")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DataPlaneProofIT {

    private static final Path HOME =
            Path.of(System.getProperty("weir.home", "../..")).toAbsolutePath().normalize();
    private static final long SEED = 42;
    private static final int FUZZING_CALLERS = 8;
    private static final int LIMITED_CLIENTS = 64;
    private static final double ALL_OF_IT = 0.3;
    private static final Terms SHORT =
            new Terms(Duration.ofSeconds(10), Duration.ofSeconds(12), 0.98, Duration.ofSeconds(12));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    private static final StringWriter SAID = new StringWriter();
    private static @Nullable Mangler mangler;
    private static @Nullable Trial trial;

    @BeforeAll
    static void start() throws IOException {
        Mangler providers = Mangler.start(SEED);
        mangler = providers;
        Files.createDirectories(directory.resolve("trial"));
        Map<String, Map<String, String>> settings =
                new HashMap<>(Rig.Setup.ofTrials(Rig.Size.SMALL).settings());
        settings.putAll(Fuzz.settings(providers));
        Trial begun = Trial.begin(
                undertaking(Duration.ZERO, 0),
                new Rig.Setup(new Rig.Size(1, 1, Limits.GATEWAYS), settings, Fleet.QUICK_START));
        trial = begun;
        providers.passTo(begun.rig().simulator());
    }

    @AfterAll
    static void end() {
        System.out.println(SAID);
        if (trial != null) {
            trial.close();
        }
        if (mangler != null) {
            mangler.close();
        }
    }

    private static Undertaking undertaking(Duration lasting, int callers) {
        return new Undertaking(
                new Layout(HOME, directory.resolve("state")),
                directory.resolve("trial"),
                lasting,
                SEED,
                1,
                0,
                0,
                callers,
                new PrintWriter(SAID),
                Ansi.OFF);
    }

    private static Trial trial() {
        Trial begun = trial;
        if (begun == null) {
            throw new IllegalStateException("the platform does not run");
        }
        return begun;
    }

    private static JsonNode proven(Outcome outcome) {
        assertThat(outcome.proven()).as(SAID.toString()).isTrue();
        return JsonMapper.shared().valueToTree(outcome.summary());
    }

    @Test
    @Order(1)
    void randomRequestsAndBrokenProvidersMakeNoFaultOfOurs() throws Exception {
        Mangler providers = mangler;
        assertThat(providers).isNotNull();

        Outcome outcome = new Fuzz().on(trial(), providers, undertaking(Duration.ofSeconds(45), FUZZING_CALLERS));

        JsonNode summary = proven(outcome);
        assertThat(summary.path("shots").asInt()).isGreaterThan(50);
        assertThat(summary.path("echoes").asInt()).isPositive();
        assertThat(summary.path("spoilt").size()).isGreaterThan(3);
    }

    @Test
    @Order(2)
    void callsAreAnsweredWhileTheProviderThatTheyPreferIsSick() throws Exception {
        Outcome outcome = new SickProviders(SHORT).on(trial(), undertaking(Duration.ofSeconds(6), 0));

        JsonNode summary = proven(outcome);
        assertThat(summary.path("100% errors").path("calls").asInt()).isPositive();
        assertThat(summary.path("flapping").path("backAfterSeconds").asDouble()).isNotNegative();
    }

    @Test
    @Order(3)
    void noMoreThanTheCapIsAdmittedAndNoneRefusedBelowIt() throws Exception {
        Outcome outcome =
                new Limits(Duration.ofSeconds(6), ALL_OF_IT).on(trial(), undertaking(Duration.ZERO, LIMITED_CLIENTS));

        JsonNode summary = proven(outcome);
        assertThat(summary.path("falseRefusals").asInt(-1)).isZero();
        assertThat(summary.path("otherAnswers").asInt(-1)).isZero();
    }
}
