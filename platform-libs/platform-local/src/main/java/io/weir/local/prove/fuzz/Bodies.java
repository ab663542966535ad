package io.weir.local.prove.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/// Bodies of requests: right ones, and those with something done to them.
final class Bodies {

    private static final int MOST_CHANGES = 3;
    private static final String DOUBLED = "\u0001";
    private static final List<String> CHAT_MODELS =
            List.of("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash", "auto", "gpt-5-mini", "no-such-model");
    private static final Map<String, Object> SCHEMA = Map.of(
            "type", "object", "properties", Map.of("city", Map.of("type", "string")), "required", List.of("city"));

    private final SplittableRandom random;
    private final Canary canary;

    Bodies(SplittableRandom random, Canary canary) {
        this.random = random;
        this.canary = canary;
    }

    /// JSON text as it stands in the body.
    private record Raw(String text) {}

    /// A body, and what was done to it.
    record Made(byte[] bytes, String what) {}

    /// Nothing is wrong with it.
    byte[] right(String path) {
        return write(tree(path)).getBytes(StandardCharsets.UTF_8);
    }

    Made mutated(String path) {
        Map<String, Object> tree = tree(path);
        List<String> what = new ArrayList<>();
        int changes = 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes; i++) {
            change(tree, what);
        }
        String text = write(tree);
        if (random.nextInt(12) == 0) {
            what.add("other whole");
            text = Nasty.value(random);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Made(random.nextInt(3) == 0 ? spoilt(bytes, what) : bytes, String.join(", ", what));
    }

    private Map<String, Object> tree(String path) {
        Map<String, Object> body = new LinkedHashMap<>();
        String text = text();
        body.put("model", CHAT_MODELS.get(random.nextInt(random.nextInt(4) == 0 ? CHAT_MODELS.size() : 3)));
        switch (path) {
            case "/v1/embeddings" -> {
                body.put("model", "text-embedding-3-small");
                body.put("input", random.nextBoolean() ? text : List.of(text, "b"));
                body.put("dimensions", 8);
            }
            case "/v1/responses" -> {
                body.put("input", text);
                body.put("max_output_tokens", 40);
                body.put("stream", random.nextBoolean());
                body.put("tools", List.of(Map.of("type", "function", "name", "weather", "parameters", SCHEMA)));
            }
            case "/v1/messages", "/v1/messages/count_tokens" -> {
                if (!path.endsWith("tokens")) {
                    body.put("max_tokens", 40);
                    body.put("stream", random.nextBoolean());
                }
                body.put("system", "Be brief.");
                body.put("messages", List.of(message("user", List.of(mapOf("type", "text", "text", text)))));
                body.put("tools", List.of(mapOf("name", "weather", "input_schema", SCHEMA)));
            }
            case "/v1/completions" -> {
                body.put("prompt", text);
                body.put("max_tokens", 40);
                body.put("stream", random.nextBoolean());
            }
            case "/v1/moderations" -> body.put("input", text);
            case "/api/orchestration/estimate" -> chat(body, text);
            default -> chat(body, text);
        }
        return body;
    }

    private void chat(Map<String, Object> body, String text) {
        body.put("max_tokens", 40);
        body.put("stream", random.nextBoolean());
        body.put("temperature", 0.5);
        body.put("messages", List.of(message("system", "Be brief."), message("user", text)));
        switch (random.nextInt(5)) {
            case 0 ->
                body.put(
                        "tools",
                        List.of(mapOf("type", "function", "function", mapOf("name", "weather", "parameters", SCHEMA))));
            case 1 ->
                body.put(
                        "response_format",
                        mapOf("type", "json_schema", "json_schema", mapOf("name", "town", "schema", SCHEMA)));
            case 2 -> body.put("stream_options", mapOf("include_usage", true));
            case 3 -> body.put("provider", mapOf("order", List.of("openai"), "max_price", mapOf("completion", 10)));
            default -> {}
        }
    }

    private String text() {
        return "Say " + canary.word() + " and " + random.nextInt();
    }

    private static Map<String, Object> message(String role, Object content) {
        return mapOf("role", role, "content", content);
    }

    private static Map<String, Object> mapOf(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    // Goes down to some object or array and changes one of its members.
    private void change(Map<String, Object> tree, List<String> what) {
        List<String> keys = new ArrayList<>(tree.keySet());
        if (keys.isEmpty()) {
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        Object value = tree.get(key);
        if (value instanceof Map<?, ?> inner && random.nextInt(3) > 0) {
            Map<String, Object> copy = copied(inner);
            tree.put(key, copy);
            change(copy, what);
        } else if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(3) > 0) {
            List<Object> copy = new ArrayList<>(list);
            tree.put(key, copy);
            int index = random.nextInt(copy.size());
            if (copy.get(index) instanceof Map<?, ?> inner && random.nextInt(4) > 0) {
                Map<String, Object> within = copied(inner);
                copy.set(index, within);
                change(within, what);
            } else {
                what.add(key + "[" + index + "] replaced");
                copy.set(index, new Raw(Nasty.value(random)));
            }
        } else {
            member(tree, key, what);
        }
    }

    private static Map<String, Object> copied(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put((String) name, value));
        return copy;
    }

    private void member(Map<String, Object> tree, String key, List<String> what) {
        switch (random.nextInt(8)) {
            case 0 -> {
                what.add(key + " removed");
                tree.remove(key);
            }
            case 1 -> {
                what.add(key + " twice");
                tree.put(key + DOUBLED, new Raw(Nasty.value(random)));
            }
            case 2 -> {
                what.add("a field more");
                tree.put(fieldName(), new Raw(Nasty.value(random)));
            }
            default -> {
                what.add(key + " replaced");
                tree.put(key, new Raw(Nasty.value(random)));
            }
        }
    }

    private String fieldName() {
        List<String> names = List.of(
                "n",
                "stop",
                "seed",
                "user",
                "logit_bias",
                "tool_choice",
                "metadata",
                "reasoning_effort",
                "modalities",
                "thinking",
                "stop_sequences",
                "previous_response_id",
                "service_tier",
                "top_p",
                "\ud800",
                "",
                "x y");
        return names.get(random.nextInt(names.size()));
    }

    private byte[] spoilt(byte[] bytes, List<String> what) {
        if (bytes.length == 0) {
            return bytes;
        }
        byte[] copy = bytes.clone();
        int at = random.nextInt(copy.length);
        return switch (random.nextInt(6)) {
            case 0 -> {
                what.add("cut short");
                yield Arrays.copyOf(copy, at);
            }
            case 1 -> {
                what.add("byte changed");
                copy[at] = (byte) random.nextInt();
                yield copy;
            }
            case 2 -> {
                what.add("no UTF-8");
                yield inserted(copy, at, new byte[] {(byte) 0xc3, (byte) 0x28, (byte) 0xff});
            }
            case 3 -> {
                what.add("byte order mark");
                yield inserted(copy, 0, new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf});
            }
            case 4 -> {
                what.add("UTF-16");
                yield new String(copy, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16);
            }
            default -> {
                what.add("something behind");
                yield inserted(copy, copy.length, "}{\"model\":1}".getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.writeBytes(more);
        all.write(bytes, at, bytes.length - at);
        return all.toByteArray();
    }

    private static String write(Object value) {
        return switch (value) {
            case Raw raw -> raw.text();
            case Map<?, ?> map -> {
                List<String> members = new ArrayList<>();
                map.forEach((name, member) -> members.add(JsonMapper.shared()
                                .writeValueAsString(String.valueOf(name)
                                        .replace(DOUBLED, "")
                                        .replace("\ud800", "\ufffd"))
                        + ":" + write(member)));
                yield "{" + String.join(",", members) + "}";
            }
            case List<?> list -> {
                List<String> elements = new ArrayList<>();
                list.forEach(element -> elements.add(write(element)));
                yield "[" + String.join(",", elements) + "]";
            }
            default -> JsonMapper.shared().writeValueAsString(value);
        };
    }
}
