package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.ErrorBody;
import io.weir.problem.PlatformException;

/// `POST /v1/messages`, version 2023-06-01.
public final class MessagesSurface implements Surface {

    @Override
    public SurfaceRequest read(byte[] body) {
        return new Message(MessagesReader.read(body));
    }

    /// The request of which `POST /v1/messages/count_tokens` wants the tokens: the same without a limit.
    public ChatRequest readForCounting(byte[] body) {
        return MessagesReader.readForCounting(body);
    }

    private record Message(ChatRequest chat) implements SurfaceRequest {

        @Override
        public byte[] answer(byte[] completion, AnswerIdentity identity) {
            return MessageAnswer.of(completion, identity);
        }

        @Override
        public SurfaceStream stream(AnswerIdentity identity) {
            return new MessageStream(identity);
        }

        @Override
        public SurfaceStream nativeStream(AnswerIdentity identity) {
            return new NativeStream(identity);
        }

        @Override
        public PlatformException inOwnWords(PlatformException problem) {
            return OwnWords.of(problem);
        }

        @Override
        public byte[] failure(StreamFailure failure) {
            return MessageEvents.event(
                    "error", ErrorBody.anthropicBytes(failure.type(), failure.message(), failure.requestId()));
        }
    }
}
