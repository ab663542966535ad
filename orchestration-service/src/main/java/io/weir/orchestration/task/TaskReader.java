package io.weir.orchestration.task;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Tells from a valid chat request what it asks for. One pass over the body, no model: the class is that of the first
/// instruction of the last user message, else of the system message, else `question`. The complexity is the class's
/// usual one, lowered for a short question, and raised by what the request hints at.
public final class TaskReader {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final int SHORT_QUESTION = 240;
    private static final int LONG_PROMPT = 8_000;
    private static final int VERY_LONG_PROMPT = 100_000;
    private static final int LONG_DIALOGUE = 20;
    private static final int MANY_TOOLS = 10;

    private static final Set<String> HARD_WORDS = Set.of(
            "step by step",
            "prove that",
            "prove the",
            "derive the",
            "architecture",
            "race condition",
            "optimize",
            "optimise",
            "trade-off",
            "root cause");

    private String lastUser = "";
    private String system = "";
    private long characters;
    private int messages;
    private int tools;
    private Complexity demanded = Complexity.SIMPLE;

    private TaskReader() {}

    /// Reads a body that the chat request reader has accepted.
    public static Task read(byte[] body) {
        TaskReader reader = new TaskReader();
        try (JsonParser json = JSON.createParser(body)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                reader.field(json.currentName(), json);
            }
        }
        return reader.task();
    }

    private void field(String name, JsonParser json) {
        JsonToken value = json.nextToken();
        switch (name) {
            case "messages" -> {
                while (value == JsonToken.START_ARRAY && json.nextToken() == JsonToken.START_OBJECT) {
                    message(json);
                }
            }
            case "tools", "functions" -> {
                while (value == JsonToken.START_ARRAY && json.nextToken() != JsonToken.END_ARRAY) {
                    tools++;
                    json.skipChildren();
                }
            }
            case "reasoning_effort" -> demanded = value == JsonToken.VALUE_STRING ? effort(json.getString()) : demanded;
            default -> {}
        }
        json.skipChildren();
    }

    private static Complexity effort(String word) {
        return switch (word) {
            case "high", "xhigh" -> Complexity.HARD;
            case "medium" -> Complexity.STANDARD;
            default -> Complexity.SIMPLE;
        };
    }

    private void message(JsonParser json) {
        String role = "";
        String text = "";
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("role") && value == JsonToken.VALUE_STRING) {
                role = json.getString();
            } else if (name.equals("content")) {
                text = content(json, value);
            } else {
                json.skipChildren();
            }
        }
        messages++;
        if (role.equals("user")) {
            lastUser = text;
        } else if (system.isEmpty() && (role.equals("system") || role.equals("developer"))) {
            system = text;
        }
    }

    private String content(JsonParser json, @Nullable JsonToken value) {
        if (value == JsonToken.VALUE_STRING) {
            return counted(json.getString());
        }
        String text = "";
        while (value == JsonToken.START_ARRAY && json.nextToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean textual = json.currentName().equals("text");
                if (json.nextToken() == JsonToken.VALUE_STRING && textual) {
                    String part = counted(json.getString());
                    text = text.isEmpty() ? part : text;
                } else {
                    json.skipChildren();
                }
            }
        }
        return text;
    }

    private String counted(String text) {
        characters += text.length();
        return text;
    }

    private Task task() {
        TaskClass kind =
                Instruction.in(lastUser).or(() -> Instruction.in(system)).orElse(TaskClass.QUESTION);
        Complexity usual =
                kind == TaskClass.QUESTION && characters <= SHORT_QUESTION ? Complexity.SIMPLE : kind.usual();
        // The words of a text to be classified, extracted from or translated say nothing about the work.
        Complexity worded = usual == Complexity.SIMPLE && kind != TaskClass.QUESTION ? usual : byWords();
        return new Task(kind, usual.atLeast(demanded).atLeast(bySize()).atLeast(worded), tools > 0);
    }

    private Complexity bySize() {
        if (characters > VERY_LONG_PROMPT || tools > MANY_TOOLS) {
            return Complexity.HARD;
        }
        return characters > LONG_PROMPT || messages > LONG_DIALOGUE || tools > 0
                ? Complexity.STANDARD
                : Complexity.SIMPLE;
    }

    private Complexity byWords() {
        String head = lastUser.substring(0, Math.min(lastUser.length(), Instruction.HEAD))
                .toLowerCase(Locale.ROOT);
        return HARD_WORDS.stream().anyMatch(head::contains) ? Complexity.HARD : Complexity.SIMPLE;
    }
}
