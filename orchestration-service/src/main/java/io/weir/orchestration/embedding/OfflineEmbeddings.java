package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.embedding.EmbeddingAdmission.Arrival;
import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.orchestration.inference.PlainCall;
import io.weir.orchestration.inference.PlainCall.Answered;
import io.weir.orchestration.lane.Priority;
import reactor.core.publisher.Mono;

/// Calls for embeddings of which nobody waits for the answer.
record OfflineEmbeddings(String path, EmbeddingAdmission admission, CallParts parts, Tokenizer tokenizer)
        implements OfflineCalls {

    @Override
    public Mono<byte[]> run(Order order, byte[] body) {
        return Mono.defer(() -> admission.admit(
                        new Arrival(order.requestId(), order.caller(), order.tags(), System.nanoTime(), null), body))
                .map(EmbeddingCall::ofBatch)
                .flatMap(call -> new PlainCall(call, parts, new EmbeddingAnswers(call.request(), tokenizer)).run())
                .map(Answered::body)
                .contextWrite(Priority.BATCH::in);
    }
}
