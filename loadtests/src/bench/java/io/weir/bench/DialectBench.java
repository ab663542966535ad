package io.weir.bench;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.ForwardedBody;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// A request on its way in and out, and an answer's frames on their way back.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DialectBench {

    private static final int FRAMES = 100;
    private static final String WORDS = "The river carries winter stones past a quiet harbour window. ";

    /// Sentences of some 60 characters in the prompt.
    @Param({"10", "600"})
    public int sentences;

    private final Tokenizer tokenizer = new Tokenizer();
    private byte[] body = {};
    private ChatRequest request = read("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    private List<byte[]> frames = List.of();

    /// Makes what is read.
    @Setup
    public void prepare() {
        String json = "{\"model\":\"gpt-4o-mini\",\"max_tokens\":100,\"stream\":true,\"temperature\":0.2,\"messages\":["
                + "{\"role\":\"system\",\"content\":\"You are brief.\"},{\"role\":\"user\",\"content\":\""
                + WORDS.repeat(sentences) + "\"}]}";
        body = json.getBytes(StandardCharsets.UTF_8);
        request = read(json);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            all.add(("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                            + "\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word" + i
                            + " \"},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        all.add("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        frames = List.copyOf(all);
    }

    private static ChatRequest read(String json) {
        return ChatRequestReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /// The request's fields, with where they stand in its bytes.
    @Benchmark
    public ChatRequest readRequest() {
        return ChatRequestReader.read(body);
    }

    /// The bytes that go to a provider of the same dialect, with only the needed fields touched.
    @Benchmark
    public byte[] patchBody() {
        return ForwardedBody.of(request, "gpt-4o-mini-2024", 100);
    }

    /// Where a provider reports no usage.
    @Benchmark
    public long countTokens() {
        return PromptTokens.count(request, tokenizer);
    }

    /// A hundred frames, cut apart.
    @Benchmark
    public void splitFrames(Blackhole hole) {
        SseSplitter splitter = new SseSplitter();
        for (byte[] frame : frames) {
            hole.consume(splitter.feed(frame));
        }
    }

    /// The same, as a client gets them.
    @Benchmark
    public void translateFrames(Blackhole hole) {
        ChatStream stream = new ChatStream(
                true, new OpenAiDialect().stream(new AnswerIdentity("chatcmpl-1", "gpt-4o-mini", 1_700_000_000)));
        for (byte[] frame : frames) {
            hole.consume(stream.feed(frame));
        }
    }
}
