package io.weir.simulators.provider.openai;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The models on offer. As with OpenAI, an alias answers under its dated name, and both can be asked for.
final class OpenAiModels {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final List<OpenAiModel> OFFERED = Stream.of(
                    new OpenAiModel("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 1_721_172_741, 128_000, 16_384),
                    new OpenAiModel("gpt-4o", "gpt-4o-2024-08-06", 1_715_367_049, 128_000, 16_384),
                    new OpenAiModel("gpt-4o-mini-audio", "gpt-4o-mini-audio", 1_734_387_424, 128_000, 16_384),
                    new OpenAiModel("gpt-5.2", "gpt-5.2-2025-12-11", 1_765_313_051, 400_000, 128_000),
                    new OpenAiModel("gpt-5.2-pro", "gpt-5.2-pro", 1_765_313_051, 400_000, 0),
                    new OpenAiModel("gpt-5.6-sol", "gpt-5.6-sol", 1_782_000_000, 1_050_000, 128_000),
                    new OpenAiModel("gpt-5.6-terra", "gpt-5.6-terra", 1_782_000_000, 1_050_000, 128_000),
                    new OpenAiModel("gpt-5.6-luna", "gpt-5.6-luna", 1_782_000_000, 1_050_000, 128_000),
                    new OpenAiModel("text-embedding-3-small", "text-embedding-3-small", 1_705_948_997, 8_192, 0),
                    new OpenAiModel("text-embedding-3-large", "text-embedding-3-large", 1_705_953_180, 8_192, 0),
                    new OpenAiModel("omni-moderation-latest", "omni-moderation-2024-09-26", 1_731_689_265, 32_768, 0))
            .flatMap(OpenAiModels::withDatedName)
            .toList();

    private static final Map<String, OpenAiModel> BY_ID =
            OFFERED.stream().collect(Collectors.toUnmodifiableMap(OpenAiModel::id, model -> model));

    private OpenAiModels() {}

    /// Refuses with `model_not_found` what is not on offer.
    static OpenAiModel named(String id) {
        OpenAiModel model = BY_ID.get(id);
        if (model == null) {
            throw OpenAiErrors.unknownModel(id);
        }
        return model;
    }

    /// Refuses also a model that does not chat.
    static OpenAiModel chatting(String id) {
        OpenAiModel model = named(id);
        if (!model.chats()) {
            throw OpenAiException.refused(
                    404,
                    "model",
                    null,
                    "This is not a chat model and thus not supported in the v1/chat/completions endpoint.");
        }
        return model;
    }

    static String list() {
        ObjectNode list = JSON.createObjectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        OFFERED.forEach(model -> data.add(node(model)));
        return list.toString();
    }

    static String one(String id) {
        return node(named(id)).toString();
    }

    private static ObjectNode node(OpenAiModel model) {
        return JSON.createObjectNode()
                .put("id", model.id())
                .put("object", "model")
                .put("created", model.created())
                .put("owned_by", "system");
    }

    private static Stream<OpenAiModel> withDatedName(OpenAiModel model) {
        return model.id().equals(model.servedAs())
                ? Stream.of(model)
                : Stream.of(
                        model,
                        new OpenAiModel(
                                model.servedAs(),
                                model.servedAs(),
                                model.created(),
                                model.contextTokens(),
                                model.outputTokens()));
    }
}
