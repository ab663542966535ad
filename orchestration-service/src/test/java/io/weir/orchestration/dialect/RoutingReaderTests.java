package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.RoutingWishes.MaxPrice;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RoutingReaderTests {

    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static ChatRequest read(String body) {
        return ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void allWishesAreRead() {
        RoutingWishes wishes = read("{\"provider\":{\"order\":[\"openai\",\"azure/gpt-4o\",\"openai\"],"
                        + "\"only\":[\"openai\",\"azure\"],\"ignore\":[\"gemini\"],\"sort\":\"throughput\","
                        + "\"max_price\":{\"prompt\":1.5,\"completion\":6,\"request\":null},"
                        + "\"region\":[\"eu\",\"us-east-1\"],\"require_parameters\":true,\"allow_fallbacks\":false,\"data_collection\":\"allow\","
                        + "\"zdr\":null},\"models\":[\"a\",\"b\",\"a\"]," + HI + "}")
                .routing();
        assertThat(wishes)
                .isEqualTo(new RoutingWishes(
                        List.of("openai", "azure/gpt-4o"),
                        List.of("openai", "azure"),
                        List.of("gemini"),
                        Sort.THROUGHPUT,
                        new MaxPrice(new BigDecimal("1.5"), BigDecimal.valueOf(6), null),
                        true,
                        false,
                        List.of("a", "b"),
                        List.of("eu", "us-east-1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"provider\":null,", "\"provider\":{},\"models\":null,", "\"models\":[],"})
    void withoutWishesThereAreNone(String fields) {
        assertThat(read("{" + fields + HI + "}").routing()).isEqualTo(RoutingWishes.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider | \"provider\":[]",
                "provider | \"provider\":\"openai\"",
                "provider | \"provider\":{},\"provider\":{\"only\":[\"a\"]}",
                "provider.only | \"provider\":{\"only\":[\"a\"],\"only\":[\"b\"]}",
                "provider.order | \"provider\":{\"order\":\"openai\"}",
                "provider.order[1] | \"provider\":{\"order\":[\"openai\",7]}",
                "provider.only[0] | \"provider\":{\"only\":[\" \"]}",
                "provider.ignore[0] | \"provider\":{\"ignore\":[[\"a\"]]}",
                "provider.sort | \"provider\":{\"sort\":\"beauty\"}",
                "provider.region | \"provider\":{\"region\":\"\"}",
                "provider.region | \"provider\":{\"region\":\"e u\"}",
                "provider.region | \"provider\":{\"region\":[]}",
                "provider.region | \"provider\":{\"region\":7}",
                "provider.region[1] | \"provider\":{\"region\":[\"eu\",7]}",
                "provider.sort | \"provider\":{\"sort\":{\"by\":\"price\"}}",
                "provider.max_price | \"provider\":{\"max_price\":3}",
                "provider.max_price.prompt | \"provider\":{\"max_price\":{\"prompt\":\"1\"}}",
                "provider.max_price.prompt | \"provider\":{\"max_price\":{\"prompt\":-0.1}}",
                "provider.max_price.completion | \"provider\":{\"max_price\":{\"completion\":1e999999999}}",
                "provider.max_price.completion | \"provider\":{\"max_price\":{\"completion\":1e99999999999}}",
                "provider.max_price.request | \"provider\":{\"max_price\":{\"request\":1000001}}",
                "provider.max_price.image | \"provider\":{\"max_price\":{\"image\":1}}",
                "provider.require_parameters | \"provider\":{\"require_parameters\":1}",
                "provider.allow_fallbacks | \"provider\":{\"allow_fallbacks\":\"no\"}",
                "provider.data_collection | \"provider\":{\"data_collection\":\"deny\"}",
                "provider.zdr | \"provider\":{\"zdr\":true}",
                "models | \"models\":\"a\"",
                "models[1] | \"models\":[\"a\",null]",
                "models[1] | \"models\":[\"a\",\"auto\"]",
                "models | \"models\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]",
            })
    void whatIsWrongOrNotFollowedIsA400ThatNamesTheField(String param, String field) {
        assertThatThrownBy(() -> read("{" + field + "," + HI + "}"))
                .isInstanceOfSatisfying(PlatformException.class, refused -> {
                    assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                    assertThat(refused.param()).isEqualTo(param);
                });
    }

    @Provide
    Arbitrary<List<String>> fields() {
        return Arbitraries.of(
                        "\"provider\" : {\"only\":[\"openai\"], \"x\" : null}",
                        "\"models\":[\"a\" ,\"b\"]",
                        HI,
                        "\"model\":\"other\"",
                        "\"max_tokens\":5",
                        "\"stream\":true",
                        "\"user\":\"{\\\"provider\\\":1},\"")
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .filter(fields -> fields.contains(HI));
    }

    @Property
    void whatIsOursIsCutOutWhereverItStandsAndAllElseStays(
            @ForAll("fields") @Size(max = 7) List<String> fields, @ForAll @IntRange(max = 2) int spaces) {
        String gap = " ".repeat(spaces);
        String body = gap + "{" + gap + String.join(gap + "," + gap, fields) + gap + "}" + gap;
        ChatRequest request = read(body);
        JsonNode sent = JsonMapper.shared().readTree(ForwardedBody.of(request, "m", 77));
        assertThat(sent.propertyNames()).doesNotContain("provider", "models");
        JsonNode received = JsonMapper.shared().readTree(body);
        for (String kept : List.of("messages", "stream", "user")) {
            assertThat(sent.path(kept)).isEqualTo(received.path(kept));
        }
        assertThat(sent.path("model").asString()).isEqualTo("m");
        for (ProviderDialect dialect : Golden.DIALECTS) {
            assertThat(new String(dialect.chat(request, "m", 77).body(), StandardCharsets.UTF_8))
                    .doesNotContain("\"models\"", "\"only\"");
        }
    }

    @Test
    void whatIsOursIsCutOutOfABodyThatNeedsNothingElse() {
        String body = "{ \"models\":[\"b\"], \"max_tokens\":5,\"model\":\"m\"," + HI + " , \"provider\": {} }";
        assertThat(new String(ForwardedBody.of(read(body), "m", 77), StandardCharsets.UTF_8))
                .isEqualTo("{ \"max_tokens\":5,\"model\":\"m\"," + HI + " }");
    }
}
