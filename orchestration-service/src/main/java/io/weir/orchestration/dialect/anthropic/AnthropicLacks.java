package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.LackFinder;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What the Messages API cannot do.
final class AnthropicLacks {

    private AnthropicLacks() {}

    static List<Lack> of(ChatRequest request) {
        LackFinder finder = new LackFinder(AnthropicDialect.NAME, request)
                .choicesUpTo(1)
                .without(
                        "frequency_penalty",
                        "presence_penalty",
                        "logprobs",
                        "top_logprobs",
                        "logit_bias",
                        "reasoning_effort")
                .withoutAny("seed");
        JsonNode body = finder.body();
        sampling(finder, body);
        responseFormat(finder, body.path("response_format"));
        stops(finder, body.path("stop"));
        return finder.toolsAreFunctions().messages(false).lacks();
    }

    private static void sampling(LackFinder finder, JsonNode body) {
        JsonNode temperature = body.path("temperature");
        if (temperature.isNumber() && temperature.decimalValue().compareTo(BigDecimal.ONE) > 0) {
            finder.add(new Lack(
                    "temperature", "anthropic takes a 'temperature' of 0 to 1.", "clamped 'temperature' to 1"));
        }
        if (AnthropicRequest.means(temperature) && AnthropicRequest.means(body.path("top_p"))) {
            finder.add(Lack.droppable("top_p", "anthropic takes 'temperature' or 'top_p', not both."));
        }
    }

    private static void responseFormat(LackFinder finder, JsonNode format) {
        String type = format.path("type").asString("text");
        if (!type.equals("text")) {
            finder.withoutFormat(type);
        }
    }

    private static void stops(LackFinder finder, JsonNode stop) {
        boolean blank = stop.isString() && stop.stringValue().isBlank();
        for (JsonNode each : stop.isArray() ? stop.values() : List.<JsonNode>of()) {
            blank |= each.asString("").isBlank();
        }
        if (blank) {
            finder.add(Lack.droppable("stop", "anthropic takes no 'stop' of blanks alone."));
        }
    }
}
