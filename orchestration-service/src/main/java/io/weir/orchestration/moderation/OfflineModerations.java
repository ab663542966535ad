package io.weir.orchestration.moderation;

import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.orchestration.inference.PlainCall;
import io.weir.orchestration.inference.PlainCall.Answered;
import io.weir.orchestration.lane.Priority;
import io.weir.orchestration.moderation.ModerationAdmission.Arrival;
import reactor.core.publisher.Mono;

/// Calls for moderations of which nobody waits for the answer.
record OfflineModerations(String path, ModerationAdmission admission, CallParts parts) implements OfflineCalls {

    @Override
    public Mono<byte[]> run(Order order, byte[] body) {
        return Mono.defer(() -> admission.admit(
                        new Arrival(order.requestId(), order.caller(), order.tags(), System.nanoTime(), null), body))
                .map(ModerationCall::ofBatch)
                .flatMap(call -> new PlainCall(
                                call,
                                parts,
                                new ModerationAnswers(call.request().results()))
                        .run())
                .map(Answered::body)
                .contextWrite(Priority.BATCH::in);
    }
}
