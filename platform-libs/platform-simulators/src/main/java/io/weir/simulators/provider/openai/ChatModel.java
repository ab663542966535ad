package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.generation.Prose;
import io.weir.simulators.provider.generation.SchemaSample;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.openai.ChatRequest.ToolChoice;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/// Answers requests. The same behaviour, prompt and seed give the same answer; only ids and times differ.
final class ChatModel {

    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SHORTEST = 16;
    private static final int LENGTHS = 33;

    private final Tokenizer tokenizer;
    private final SchemaSample samples;
    private final InstantSource clock;

    ChatModel(Tokenizer tokenizer, InstantSource clock) {
        this.tokenizer = tokenizer;
        this.samples = new SchemaSample(tokenizer);
        this.clock = clock;
    }

    /// Throws [OpenAiException] `context_length_exceeded` when prompt and answer do not fit the model.
    Completion complete(ChatRequest request, Behaviour behaviour) {
        Prompt prompt = Prompt.of(request);
        int promptTokens = prompt.tokens(tokenizer);
        checkContext(request, promptTokens);
        long seed = (behaviour.seed() * 31 + request.seed()) * 31 + prompt.fingerprint();
        List<Choice> choices = new ArrayList<>(request.choices());
        for (int index = 0; index < request.choices(); index++) {
            choices.add(choice(request, behaviour, promptTokens, seed * 31 + index, index));
        }
        return new Completion(
                "chatcmpl-" + randomId(29),
                clock.instant().getEpochSecond(),
                request.model().servedAs(),
                promptTokens,
                choices);
    }

    private Choice choice(ChatRequest request, Behaviour behaviour, int promptTokens, long seed, int index) {
        int room = room(request, promptTokens);
        return toolToCall(request, seed)
                .map(function -> toolCall(request, function, room, seed, index))
                .orElseGet(() -> text(request, behaviour, room, seed, index));
    }

    private static Choice text(ChatRequest request, Behaviour behaviour, int room, long seed, int index) {
        Integer set = behaviour.outputTokens();
        int natural = set == null ? SHORTEST + (int) Math.floorMod(seed, (long) LENGTHS) : set;
        List<String> pieces = Prose.tokens(seed, Math.min(natural, room));
        List<String> kept = StopSequences.before(request.stop(), pieces);
        boolean stopped = kept.size() < pieces.size() || natural <= room;
        return new Choice.Text(index, kept, stopped ? "stop" : "length");
    }

    private Choice toolCall(ChatRequest request, JsonNode function, int room, long seed, int index) {
        List<String> arguments = samples.tokens(function.path("parameters"), seed);
        boolean fits = 1 + arguments.size() <= room;
        // OpenAI says `stop` where the client itself named the function.
        String whole = request.toolChoice() instanceof ToolChoice.Named ? "stop" : "tool_calls";
        return new Choice.ToolCall(
                index,
                "call_" + randomId(24),
                function.path("name").asString(),
                fits ? arguments : arguments.subList(0, room - 1),
                fits ? whole : "length");
    }

    /// The function to call, if any: left to itself, the model calls the tool whose name the last user message says.
    private static Optional<JsonNode> toolToCall(ChatRequest request, long seed) {
        List<JsonNode> functions =
                request.tools().valueStream().map(tool -> tool.path("function")).toList();
        return switch (request.toolChoice()) {
            case ToolChoice.None() -> Optional.empty();
            case ToolChoice.Auto() -> mentioned(request, functions);
            case ToolChoice.Required() ->
                mentioned(request, functions)
                        .or(() -> Optional.of(functions.get((int) Math.floorMod(seed, (long) functions.size()))));
            case ToolChoice.Named(String name) ->
                functions.stream()
                        .filter(function -> function.path("name").asString("").equals(name))
                        .findFirst();
        };
    }

    private static Optional<JsonNode> mentioned(ChatRequest request, List<JsonNode> functions) {
        JsonNode last = request.messages().getLast();
        if (!last.path("role").asString("").equals("user")) {
            return Optional.empty();
        }
        String text = Prompt.textOf(last).toLowerCase(Locale.ROOT);
        return functions.stream()
                .filter(function ->
                        text.contains(function.path("name").asString("").toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private static int room(ChatRequest request, int promptTokens) {
        int limit = request.maxTokens() == null ? request.model().outputTokens() : request.maxTokens();
        return Math.min(limit, request.model().contextTokens() - promptTokens);
    }

    private static void checkContext(ChatRequest request, int promptTokens) {
        int context = request.model().contextTokens();
        int asked = request.maxTokens() == null ? 0 : request.maxTokens();
        if (promptTokens >= context || promptTokens + asked > context) {
            throw OpenAiException.invalid(
                    "messages",
                    "context_length_exceeded",
                    "This model's maximum context length is " + context + " tokens. However, you requested "
                            + (promptTokens + asked) + " tokens (" + promptTokens + " in the messages, " + asked
                            + " in the completion). Please reduce the length of the messages or completion.");
        }
    }

    private static String randomId(int length) {
        StringBuilder id = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            id.append(BASE62.charAt(ThreadLocalRandom.current().nextInt(BASE62.length())));
        }
        return id.toString();
    }
}
