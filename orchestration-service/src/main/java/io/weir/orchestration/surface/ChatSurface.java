package io.weir.orchestration.surface;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.problem.ErrorBody;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// `POST /v1/chat/completions`: bytes pass as they are.
public final class ChatSurface implements Surface {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FRAME_END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final SurfaceStream AS_IT_IS = new SurfaceStream() {
        @Override
        public byte[] chunks(byte[] frames) {
            return frames;
        }

        @Override
        public byte[] end() {
            return done();
        }
    };

    @Override
    public SurfaceRequest read(byte[] body) {
        return new Chat(ChatRequestReader.read(body));
    }

    private record Chat(ChatRequest chat) implements SurfaceRequest {

        @Override
        public byte[] answer(byte[] completion, AnswerIdentity identity) {
            return completion;
        }

        @Override
        public SurfaceStream stream(AnswerIdentity identity) {
            return AS_IT_IS;
        }

        @Override
        public byte[] failure(StreamFailure failure) {
            return errorEvent(failure);
        }
    }

    /// How a stream ends that is whole.
    public static byte[] done() {
        return DONE.clone();
    }

    /// How a stream ends that fails.
    public static byte[] errorEvent(StreamFailure failure) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(DATA);
        event.writeBytes(
                ErrorBody.openAiBytes(failure.type(), failure.message(), failure.param(), failure.requestId()));
        event.writeBytes(FRAME_END);
        return event.toByteArray();
    }
}
