package io.weir.local.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.state.Ports;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvidersTests {

    private static final Ports PORTS = Ports.fromEnvironment(Map.of());

    @Test
    void withoutAWordCallsGoToTheSimulatorEvenWhereARealKeyLiesAround() {
        Map<String, String> settings = Providers.settings(false, Map.of("OPENAI_API_KEY", "sk-real"), PORTS);

        assertThat(settings)
                .containsEntry("weir.providers.openai.base-url", "http://127.0.0.1:8090/v1")
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
    void aNamedBaseUrlWins() {
        Map<String, String> settings =
                Providers.settings(false, Map.of("WEIR_OPENAI_BASE_URL", "http://127.0.0.1:11434/v1"), PORTS);

        assertThat(settings).containsEntry("weir.providers.openai.base-url", "http://127.0.0.1:11434/v1");
    }
}
