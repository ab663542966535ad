package io.weir.local.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.state.Ports;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvidersTests {

    private static final Ports PORTS = Ports.fromEnvironment(Map.of());

    @Test
    void withoutAWordAllCallsGoToTheSimulatorEvenWhereRealKeysLieAround() {
        Map<String, String> settings = Providers.settings(
                false,
                Map.of("OPENAI_API_KEY", "sk-real", "ANTHROPIC_API_KEY", "sk-real", "GOOGLE_API_KEY", "sk-real"),
                PORTS);

        assertThat(settings)
                .containsEntry("weir.providers.openai.base-url", "http://127.0.0.1:8090/v1")
                .containsEntry("weir.providers.anthropic.base-url", "http://127.0.0.1:8090/anthropic")
                .containsEntry("weir.providers.gemini.base-url", "http://127.0.0.1:8090/gemini")
                .containsKeys(
                        "weir.providers.openai.api-key",
                        "weir.providers.anthropic.api-key",
                        "weir.providers.gemini.api-key")
                .doesNotContainValue("sk-real");
    }

    @Test
    void realMeansTheProvidersWhoseKeysAreThereAndNoOther() {
        Map<String, String> settings = Providers.settings(true, Map.of("OPENAI_API_KEY", "sk-real"), PORTS);

        assertThat(settings)
                .containsEntry("weir.providers.openai.base-url", "https://api.openai.com/v1")
                .containsEntry("weir.providers.openai.api-key", "sk-real")
                .hasSize(2);
    }

    @Test
    void eitherNameOfGeminisKeyIsTakenAndItsOwnBeforeGoogles() {
        assertThat(Providers.settings(true, Map.of("GOOGLE_API_KEY", "g"), PORTS))
                .containsEntry("weir.providers.gemini.base-url", "https://generativelanguage.googleapis.com")
                .containsEntry("weir.providers.gemini.api-key", "g");
        assertThat(Providers.settings(true, Map.of("GOOGLE_API_KEY", "g", "GEMINI_API_KEY", "own"), PORTS))
                .containsEntry("weir.providers.gemini.api-key", "own");
        assertThat(Providers.settings(true, Map.of("GEMINI_API_KEY", " ", "ANTHROPIC_API_KEY", "a"), PORTS))
                .containsEntry("weir.providers.anthropic.base-url", "https://api.anthropic.com")
                .containsEntry("weir.providers.anthropic.api-key", "a")
                .hasSize(2);
    }

    @Test
    void aNamedBaseUrlWins() {
        Map<String, String> settings = Providers.settings(
                false,
                Map.of(
                        "WEIR_OPENAI_BASE_URL", "http://127.0.0.1:11434/v1",
                        "WEIR_ANTHROPIC_BASE_URL", "http://127.0.0.1:9001",
                        "WEIR_GEMINI_BASE_URL", "http://127.0.0.1:9002"),
                PORTS);

        assertThat(settings)
                .containsEntry("weir.providers.openai.base-url", "http://127.0.0.1:11434/v1")
                .containsEntry("weir.providers.anthropic.base-url", "http://127.0.0.1:9001")
                .containsEntry("weir.providers.gemini.base-url", "http://127.0.0.1:9002");
    }
}
