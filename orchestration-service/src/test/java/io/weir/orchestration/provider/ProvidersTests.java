package io.weir.orchestration.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class ProvidersTests {

    private static Provider provider(String name, Map<String, String> settings) {
        Map<String, Object> properties = new HashMap<>();
        settings.forEach((key, value) -> properties.put("weir.providers." + name + "." + key, value));
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return Providers.of(environment).find(name).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "openai,https://api.openai.com/v1,/chat/completions,https://api.openai.com/v1/chat/completions",
        "anthropic,https://api.anthropic.com,/v1/messages,https://api.anthropic.com/v1/messages",
        "anthropic,https://api.anthropic.com/v1/,/v1/messages,https://api.anthropic.com/v1/messages",
        "gemini,https://generativelanguage.googleapis.com,/v1beta/models/m:generateContent,"
                + "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
        "gemini,http://h:1/gemini/v1beta,/v1beta/models/m:generateContent,http://h:1/gemini/v1beta/models/m:generateContent",
    })
    void aProviderSpeaksTheDialectOfItsNameAtItsBaseUrl(String name, String baseUrl, String path, String url) {
        Provider provider = provider(name, Map.of("base-url", baseUrl));
        assertThat(provider.dialect().name()).isEqualTo(name);
        assertThat(provider.url(path)).isEqualTo(url);
    }

    @Test
    void anotherNameSaysWhatItSpeaks() {
        Provider provider = provider("groq", Map.of("base-url", "https://api.groq.com/openai/v1", "dialect", "openai"));
        assertThat(provider.dialect().name()).isEqualTo("openai");
    }

    @Test
    void theKeyIsInAHeaderOfTheDialectAndNeverInTheUrl() {
        Map<String, String> names =
                Map.of("openai", "authorization", "anthropic", "x-api-key", "gemini", "x-goog-api-key");
        names.forEach((name, header) -> {
            Provider provider = provider(name, Map.of("base-url", "http://h", "api-key", "secret"));
            assertThat(provider.dialect().headers(provider.account().reveal())).containsKey(header);
            assertThat(provider.url("/v1/x")).doesNotContain("secret");
            assertThat(provider.toString()).doesNotContain("secret");
        });
    }

    @Test
    void aProviderWithoutABaseUrlOrADialectIsNamed() {
        assertThatThrownBy(() -> provider("groq", Map.of("base-url", "http://h")))
                .hasMessageContaining("weir.providers.groq.dialect")
                .hasMessageContaining("anthropic, gemini, openai");
        assertThatThrownBy(() -> provider("openai", Map.of("api-key", "k")))
                .hasMessageContaining("weir.providers.openai.base-url");
    }
}
