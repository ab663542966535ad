package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.generation.UnitVector;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.ledger.TokenCounts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/embeddings`: unit vectors made from the input alone, as floats or as base64 of little-endian float32.
final class Embeddings {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_INPUTS = 2_048;
    private static final int MAX_TOKENS = 8_192;

    private final Tokenizer tokenizer;

    Embeddings(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// Throws [OpenAiException] for what OpenAI refuses.
    Reply answer(JsonNode body, boolean usageMissing) {
        RequestFields fields = new RequestFields(body);
        OpenAiModel model = model(fields);
        List<Input> inputs = inputs(fields.any("input"));
        int dimensions = dimensions(fields, model);
        boolean base64 = base64(fields.any("encoding_format"));
        ObjectNode answer = JSON.createObjectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (Input input : inputs) {
            float[] vector = UnitVector.of(model.servedAs(), input.text(), dimensions);
            ObjectNode one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            one.set("embedding", base64 ? JSON.getNodeFactory().stringNode(encoded(vector)) : floats(vector));
        }
        int read = inputs.stream().mapToInt(Input::tokens).sum();
        answer.put("model", model.servedAs());
        if (!usageMissing) {
            answer.putObject("usage").put("prompt_tokens", read).put("total_tokens", read);
        }
        return new Reply(200, Map.of(), answer.toString(), TokenCounts.read(read));
    }

    private static OpenAiModel model(RequestFields fields) {
        if (!fields.has("model")) {
            throw OpenAiException.invalid(null, null, "you must provide a model parameter");
        }
        if (!fields.any("model").isString()) {
            throw RequestFields.wrongType("model", "a string", fields.any("model"));
        }
        OpenAiModel model = OpenAiModels.named(fields.any("model").stringValue());
        if (!model.embeds()) {
            throw OpenAiException.refused(
                    403, null, null, "You are not allowed to generate embeddings from this model");
        }
        return model;
    }

    private static int dimensions(RequestFields fields, OpenAiModel model) {
        int most = model.id().endsWith("-large") ? 3_072 : 1_536;
        Integer asked = fields.whole("dimensions", 1, most);
        return asked == null ? most : asked;
    }

    private static boolean base64(JsonNode format) {
        return switch (format.asString("float")) {
            case "float" -> false;
            case "base64" -> true;
            default ->
                throw OpenAiException.invalid(
                        "encoding_format",
                        "invalid_value",
                        "Invalid value: " + format + ". Supported values are: 'float' and 'base64'.");
        };
    }

    /// A text, some texts, the tokens of one, or those of some.
    private List<Input> inputs(JsonNode input) {
        if (input.isString()) {
            return List.of(checked(text(input)));
        }
        if (!input.isArray()) {
            throw input.isMissingNode()
                    ? OpenAiException.invalid(
                            "input", "missing_required_parameter", "Missing required parameter: 'input'.")
                    : unreadable(input);
        }
        boolean tokens = input.path(0).isIntegralNumber();
        if (input.isEmpty() || (!tokens && input.size() > MAX_INPUTS)) {
            throw OpenAiException.invalid(
                    "input", null, "'$.input' is invalid: expected 1 to " + MAX_INPUTS + " inputs.");
        }
        if (tokens) {
            return List.of(checked(tokens(input)));
        }
        List<Input> inputs = new ArrayList<>(input.size());
        for (JsonNode one : input.values()) {
            inputs.add(checked(one.isString() ? text(one) : tokens(one)));
        }
        return inputs;
    }

    private Input text(JsonNode text) {
        return new Input(text.stringValue(), tokenizer.count(text.stringValue()));
    }

    private Input tokens(JsonNode ids) {
        if (!ids.isArray() || !ids.valueStream().allMatch(JsonNode::isIntegralNumber)) {
            throw unreadable(ids);
        }
        return new Input(ids.toString(), ids.size());
    }

    private static Input checked(Input input) {
        if (input.tokens() == 0) {
            throw OpenAiException.invalid("input", null, "'$.input' is invalid: input cannot be an empty string.");
        }
        if (input.tokens() > MAX_TOKENS) {
            throw OpenAiException.invalid(
                    null,
                    null,
                    "This model's maximum context length is " + MAX_TOKENS + " tokens, however you requested "
                            + input.tokens() + " tokens. Please reduce your prompt.");
        }
        return input;
    }

    private static OpenAiException unreadable(JsonNode input) {
        return RequestFields.wrongType("input", "a string, an array of strings or an array of token ids", input);
    }

    private static ArrayNode floats(float[] vector) {
        ArrayNode floats = JSON.createArrayNode();
        for (float value : vector) {
            floats.add(value);
        }
        return floats;
    }

    private static String encoded(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            bytes.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private record Input(String text, int tokens) {}
}
