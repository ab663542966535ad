package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Vercel's AI SDK with its provider for OpenAI, run by Node.
@SuppressWarnings("NullAway.Init")
@Tag("e2e")
@MatrixClient(
        name = "Vercel AI SDK (Node)",
        artifact = "ai + @ai-sdk/openai",
        pinnedBy = "src/test/resources/vercel-ai/package.json",
        pin = "ai",
        without = Capability.MODELS)
class VercelAiSdkIT implements OpenAiClientContract.WithEmbeddings {

    private static ClientScript script;

    @BeforeAll
    static void runTheScript() throws IOException, InterruptedException {
        script = ClientScript.node("vercel-ai", "");
    }

    @Override
    public ClientScript script() {
        return script;
    }

    @Test
    @Covers({Capability.PLAIN, Capability.STREAM})
    void theResponsesApiItCallsByDefaultAnswersPlainAndStreamedAlike() {
        assertThat(script.found("responses").path("text").asString()).isNotEmpty();
        assertThat(script.found("responses").path("streamed"))
                .isEqualTo(script.found("responses").path("text"));
    }
}
