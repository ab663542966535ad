package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The official SDK for Python, run by Python in an environment of its own.
@SuppressWarnings("NullAway.Init")
@Tag("e2e")
@MatrixClient(
        name = "openai-python",
        artifact = "openai",
        pinnedBy = "src/test/resources/openai-python/requirements.txt",
        pin = "openai")
class OpenAiPythonSdkIT implements OpenAiClientContract.WithEmbeddings, OpenAiClientContract.WithModels {

    private static ClientScript script;

    @BeforeAll
    static void runTheScript() throws IOException, InterruptedException {
        script = ClientScript.python(
                "openai-python", Platform.spent("poor-python").apiKey());
    }

    @Override
    public ClientScript script() {
        return script;
    }

    @Test
    @Covers(Capability.ERRORS)
    void aSpentBudgetIsToldOnceAndNotTriedAgain() {
        JsonNode spent = script.found("budgetSpent");
        assertThat(spent.path("mapped").asBoolean()).as(spent.toString()).isTrue();
        assertThat(spent.path("code").asString()).isEqualTo("budget_exceeded");
        assertThat(spent.path("asked").asInt()).isOne();
    }

    @Test
    @Covers({Capability.PLAIN, Capability.STREAM})
    void theResponsesApiAnswersPlainAndStreamedAlike() {
        assertThat(script.found("responses").path("text").asString()).isNotEmpty();
        assertThat(script.found("responses").path("streamed"))
                .isEqualTo(script.found("responses").path("text"));
    }
}
