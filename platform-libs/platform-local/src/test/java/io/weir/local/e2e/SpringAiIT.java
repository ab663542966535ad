package io.weir.local.e2e;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// Spring AI with its OpenAI model, on a class path of its own: it brings other versions than the SDKs for Java.
@SuppressWarnings("NullAway.Init")
@Tag("e2e")
@MatrixClient(
        name = "Spring AI",
        artifact = "org.springframework.ai:spring-ai-openai",
        pinnedBy = "src/test/resources/spring-ai/pom.xml",
        pin = "spring-ai.version",
        without = Capability.MODELS)
class SpringAiIT implements OpenAiClientContract.WithEmbeddings {

    private static ClientScript script;

    @BeforeAll
    static void runTheScript() throws IOException, InterruptedException {
        script = ClientScript.java("spring-ai");
    }

    @Override
    public ClientScript script() {
        return script;
    }
}
