package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.SseSplitter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MessageStreamPropertyTests {

    private static final List<Vector> STREAMS = Vector.of("stream");

    @Provide
    Arbitrary<Vector> streams() {
        return Arbitraries.of(STREAMS);
    }

    @Property(tries = 500)
    void itDoesNotMatterHowFramesAreCut(
            @ForAll("streams") Vector vector, @ForAll @IntRange(min = 1, max = 300) int longest, @ForAll long seed) {
        byte[] bytes = vector.bytes(".in.sse");
        MessageStream stream = new MessageStream(Vector.IDENTITY);
        Random random = new Random(seed);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(longest));
            got.writeBytes(stream.chunks(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        got.writeBytes(stream.end());
        assertThat(got.toString(StandardCharsets.UTF_8))
                .isEqualTo(new String(vector.bytes(".out.sse"), StandardCharsets.UTF_8));
    }

    /// Whatever comes in whatever order: blocks follow each other, none is open with another, and each call's arguments
    /// arrive as they were sent.
    @Property(tries = 500)
    void blocksFollowEachOtherHoweverCallsAreMixed(@ForAll @IntRange(min = 1, max = 4) int calls, @ForAll long seed) {
        Random random = new Random(seed);
        MessageStream stream = new MessageStream(Vector.IDENTITY);
        List<StringBuilder> left = new ArrayList<>();
        TreeMap<String, String> sent = new TreeMap<>();
        for (int call = 0; call < calls; call++) {
            String arguments = arguments(random);
            left.add(new StringBuilder(arguments));
            sent.put("call" + call, arguments);
        }
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        for (int call = 0; call < calls; call++) {
            events.writeBytes(stream.chunks(chunk(call, "call" + call, "")));
        }
        while (left.stream().anyMatch(rest -> !rest.isEmpty())) {
            int call = random.nextInt(calls);
            StringBuilder rest = left.get(call);
            int length = Math.min(rest.length(), 1 + random.nextInt(5));
            events.writeBytes(stream.chunks(chunk(call, "", rest.substring(0, length))));
            rest.delete(0, length);
        }
        events.writeBytes(stream.end());
        assertThat(read(events.toByteArray())).isEqualTo(sent);
    }

    private static String arguments(Random random) {
        String[] values = {"1", "\"}\"", "\"a\\\"{\"", "[{}]", "{\"b\":[]}", "\"\\\\\""};
        StringBuilder object = new StringBuilder("{");
        for (int i = random.nextInt(3); i >= 0; i--) {
            object.append("\"k").append(i).append("\":").append(values[random.nextInt(values.length)]);
            object.append(i == 0 ? "" : ",");
        }
        return object.append('}').toString();
    }

    private static byte[] chunk(int call, String id, String arguments) {
        ObjectNode chunk = JsonMapper.shared().createObjectNode().put("id", "chatcmpl-1");
        ObjectNode delta = chunk.putArray("choices").addObject().put("index", 0).putObject("delta");
        ObjectNode one = delta.putArray("tool_calls").addObject().put("index", call);
        ObjectNode function = one.putObject("function").put("arguments", arguments);
        if (!id.isEmpty()) {
            one.put("id", id);
            function.put("name", "f");
        }
        return ("data: " + chunk + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    // The arguments by the call's id, as a client puts them together that allows one open block.
    private static Map<String, String> read(byte[] events) {
        Map<String, String> got = new TreeMap<>();
        int open = -1;
        int next = 0;
        String id = "";
        for (SseSplitter.Event event : new SseSplitter().feed(events)) {
            JsonNode json = JsonMapper.shared().readTree(event.data());
            assertThat(json.path("type").asString()).isEqualTo(event.name());
            switch (json.path("type").asString()) {
                case "content_block_start" -> {
                    assertThat(open).isEqualTo(-1);
                    open = json.path("index").asInt();
                    assertThat(open).isEqualTo(next);
                    next++;
                    id = json.at("/content_block/id").asString();
                    got.put(id, "");
                }
                case "content_block_delta" -> {
                    assertThat(json.path("index").asInt()).isEqualTo(open);
                    got.merge(id, json.at("/delta/partial_json").asString(), String::concat);
                }
                case "content_block_stop" -> {
                    assertThat(json.path("index").asInt()).isEqualTo(open);
                    open = -1;
                }
                default -> {}
            }
        }
        assertThat(open).isEqualTo(-1);
        return got;
    }
}
