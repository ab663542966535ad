package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.moderations.ModerationCreateResponse;
import io.weir.simulators.provider.SimulatorClient.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModerationsTests {

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CONTROL = new SimulatorClient(SIMULATOR);

    @BeforeEach
    void friendlyProviderWithEmptyBooks() {
        CONTROL.send("DELETE", "/_behaviour", "");
        CONTROL.send("DELETE", "/_ledger", "");
    }

    @AfterAll
    static void stop() {
        CONTROL.close();
        SIMULATOR.close();
    }

    @Test
    void theSdksValidationPassesAndHarmIsFlaggedByItsWords() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(SIMULATOR.openAiBaseUrl())
                .apiKey("sk-test")
                .maxRetries(0)
                .build();
        try {
            ModerationCreateResponse answer = client.moderations()
                    .create(ModerationCreateParams.builder()
                            .inputOfStrings(List.of("Good morning", "I will kill you"))
                            .build())
                    .validate();
            assertThat(answer.results()).hasSize(2);
            assertThat(answer.results().getFirst().flagged()).isFalse();
            assertThat(answer.results().getLast().flagged()).isTrue();
            assertThat(answer.results().getLast().categories().violence()).isTrue();
            assertThat(answer.results().getLast().categories().hate()).isFalse();
            assertThat(answer.results().getLast().categoryScores().violence()).isGreaterThan(0.8);
        } finally {
            client.close();
        }
        assertThat(CONTROL.ledger().path("text_in").longValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "400|input|{}",
                "400|input|{\"input\":5}",
                "400|input|{\"input\":[]}",
                "400|input|{\"input\":[1]}",
                "400|input|{\"input\":[{\"type\":\"input_audio\"}]}",
                "400|model|{\"model\":\"gpt-4o\",\"input\":\"a\"}",
                "404|null|{\"model\":\"gpt-9\",\"input\":\"a\"}",
            })
    void whatOpenAiRefusesIsRefused(int status, @Nullable String param, String body) {
        Answer answer = CONTROL.send("POST", "/v1/moderations", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().at("/error/param").asString(null)).isEqualTo(param);
    }
}
