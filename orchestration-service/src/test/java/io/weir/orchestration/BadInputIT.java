package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private final Mesh mesh = Mesh.start();
    private final TenantSnapshot tenant = mesh.tenant();

    @AfterAll
    void stop() {
        mesh.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "nonsense|400|null",
                "[]|400|null",
                "{}|400|messages",
                "{\"model\":\"gpt-4o\"|400|null",
                "{\"model\":\"gpt-4o\"}|400|messages",
                "{\"model\":\"gpt-4o\",\"input\":7}|400|input",
                "{\"model\":\"gpt-4o\",\"messages\":[]}|400|messages",
                "{\"model\":\"gpt-4o\",\"messages\":null}|400|messages",
                "{\"model\":\"gpt-4o\",\"messages\":\"hi\"}|400|messages",
                "{\"model\":\"gpt-4o\",\"messages\":[7]}|400|messages[0]",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"content\":\"hi\"}]}|400|messages[0].role",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":7,\"content\":\"hi\"}]}|400|messages[0].role",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"king\",\"content\":\"hi\"}]}|400|messages[0].role",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":7}]}|400|messages[0].content",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\"}]}|400|messages[0].content",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":[{}]}]}|400|messages[0].content[0].type",
                "{\"model\":7,HI}|400|model",
                "{\"model\":\"\",HI}|400|model",
                "{HI}|400|model",
                "{\"model\":\"gpt-4o\",\"model\":\"gpt-4o-mini\",HI}|400|model",
                "{\"model\":\"gpt-4o\",\"n\":0,HI}|400|n",
                "{\"model\":\"gpt-4o\",\"n\":129,HI}|400|n",
                "{\"model\":\"gpt-4o\",\"n\":99999999999999999999,HI}|400|n",
                "{\"model\":\"gpt-4o\",\"n\":1.5,HI}|400|n",
                "{\"model\":\"gpt-4o\",\"max_tokens\":0,HI}|400|max_tokens",
                "{\"model\":\"gpt-4o\",\"max_tokens\":-1,HI}|400|max_tokens",
                "{\"model\":\"gpt-4o\",\"max_tokens\":999999,HI}|400|max_tokens",
                "{\"model\":\"gpt-4o\",\"max_completion_tokens\":\"9\",HI}|400|max_completion_tokens",
                "{\"model\":\"gpt-4o\",\"max_completion_tokens\":9,\"max_tokens\":9,HI}|400|max_tokens",
                "{\"model\":\"gpt-4o\",\"stream\":\"yes\",HI}|400|stream",
                "{\"model\":\"gpt-4o\",\"stream_options\":{\"include_usage\":true},HI}|400|stream_options",
                "{\"model\":\"gpt-4o\",\"stream\":true,\"stream_options\":{\"include_usage\":1},HI}|400|stream_options.include_usage",
                "{\"model\":\"gpt-4o\",\"temperature\":\"hot\",HI}|400|temperature",
                "{\"model\":\"gpt-4o\",\"tools\":[7],HI}|400|tools[0]",
                "{\"model\":\"gpt-4o\",\"service_tier\":\"priority\",HI}|400|service_tier",
                "{\"model\":\"gpt-4o\",\"modalities\":[\"audio\"],HI}|400|modalities",
                "{\"model\":\"gpt-4o\",HI} trailing|400|null",
                "{\"model\":\"gpt-4p\",HI}|404|model",
                "{\"model\":\"text-embedding-3-small\",HI}|404|model",
                "{\"model\":\"far-away-1\",HI}|404|model",
            })
    void badInputIsRefusedNamingTheField(String body, int status, String param) {
        Answer answer = mesh.client(tenant).chat(body.replace("HI", HI));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        JsonNode error = answer.error();
        assertThat(error.path("param").isNull() ? "null" : error.path("param").asString())
                .isEqualTo(param);
        assertThat(error.path("message").asString()).isNotBlank().doesNotContain("Exception", "tools.jackson");
        assertThat(error.propertyNames()).contains("message", "type", "param", "code");
        assertThat(answer.requestId()).isNotBlank();
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void anUnknownModelIsAnsweredWithTheNearestNames() {
        Answer answer = mesh.client(tenant).chat(Client.hello("gpt4o-mini"));
        assertThat(answer.error().path("code").asString()).isEqualTo("model_not_found");
        assertThat(answer.error().path("message").asString()).contains("gpt-4o-mini");
    }

    @Test
    void unknownFieldsAreIgnored() {
        Answer answer = mesh.client(tenant)
                .chat("{\"model\":\"gpt-4o-mini\",\"x_future\":{\"a\":[1,{\"b\":null}]},\"user\":null," + HI + "}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    @Test
    void aContextThatIsTooLongIsRefusedByTokensNotByBytes() {
        String words = "water ".repeat(100_000);
        assertThat(mesh.client(tenant)
                        .chat(Client.hello(Mesh.MODEL).replace("Hello there", words))
                        .status())
                .isEqualTo(200);
        Answer refused =
                mesh.client(tenant).chat(Client.hello(Mesh.MODEL).replace("Hello there", "water ".repeat(130_000)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(refused.error().path("param").asString()).isEqualTo("messages");
    }

    @Test
    void aTenantMayBeHeldToSomeModelsAndHaveADefault() {
        TenantSnapshot held =
                mesh.tenant(null, new TenantSettings(new TenantSettings.Models(List.of("gpt-4o"), "gpt-4o", null, 11)));
        mesh.provider().behave("{\"outputTokens\": 100}");
        Client client = mesh.client(held);
        assertThat(client.chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(404);
        assertThat(client.get("/v1/models").body()).contains("gpt-4o").doesNotContain("mini");
        Answer answer = client.chat("{" + HI + "}");
        assertThat(answer.header("x-served-model")).isEqualTo("gpt-4o");
        assertThat(answer.json().path("usage").path("completion_tokens").asInt())
                .isEqualTo(11);
        mesh.provider().behaveWell();
    }

    @Test
    void aWrongMethodOrPathIsRefusedInTheSameShape() {
        assertThat(mesh.client(tenant).get("/v1/chat/completions").statusCode()).isEqualTo(405);
        assertThat(mesh.client(tenant).get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(mesh.client(tenant).get("/v1/nothing").body()).contains("\"error\"");
    }

    @Test
    void aCapWithoutAKnownBudgetIsA503() {
        TenantSnapshot capped = mesh.tenant(Amount.of("5"), TenantSettings.DEFAULTS);
        Answer answer = mesh.client(capped).chat(Client.hello(Mesh.MODEL));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.error().path("code").asString()).isEqualTo("budget_unknown");
        assertThat(mesh.ledger().of(capped.tenantId())).isEmpty();
    }
}
