package io.weir.local.prove.lanes.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// What is answered, in OpenAI's dialect.
final class Script {

    private static final String SENTENCE = "The harbour master keeps a ledger of every hull, and reads it at noon. ";
    private static final String USAGE = "{\"prompt_tokens\":230,\"completion_tokens\":120,\"total_tokens\":350,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}}";
    private static final String IDENTITY = "\"id\":\"chatcmpl-lanes00000000000000000000000\",\"created\":1763900000,"
            + "\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_lanes\"";
    private static final byte[] WHOLE = ("{" + IDENTITY + ",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\"" + SENTENCE.repeat(8)
                    + "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
                    + USAGE + "}")
            .getBytes(UTF_8);
    private static final String HEAD = "data: {" + IDENTITY + ",\"object\":\"chat.completion.chunk\",\"choices\":[";
    private static final String DELTA = HEAD + "{\"index\":0,\"delta\":{\"content\":\"";
    private static final String AFTER = "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
    private static final byte[] ROLE = (HEAD
                    + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                    + "\"logprobs\":null,\"finish_reason\":null}]}\n\n")
            .getBytes(UTF_8);
    private static final String FINISH =
            HEAD + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final byte[] END = (FINISH + DONE).getBytes(UTF_8);
    private static final byte[] END_WITH_USAGE =
            (FINISH + HEAD + "],\"usage\":" + USAGE + "}\n\n" + DONE).getBytes(UTF_8);

    private Script() {}

    static ByteBuf whole() {
        return Unpooled.wrappedBuffer(WHOLE);
    }

    static ByteBuf role() {
        return Unpooled.wrappedBuffer(ROLE);
    }

    /// One frame, stamped now.
    static ByteBuf frame() {
        String text = DELTA + Stamp.of(System.nanoTime()) + " " + AFTER;
        return Unpooled.wrappedBuffer(text.getBytes(UTF_8));
    }

    static ByteBuf end(boolean withUsage) {
        return Unpooled.wrappedBuffer(withUsage ? END_WITH_USAGE : END);
    }
}
