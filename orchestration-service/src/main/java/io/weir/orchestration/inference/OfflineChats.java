package io.weir.orchestration.inference;

import io.weir.orchestration.cache.CacheWish;
import io.weir.orchestration.inference.Admission.Arrival;
import io.weir.orchestration.inference.PlainCall.Answered;
import io.weir.orchestration.lane.Priority;
import io.weir.orchestration.surface.Surface;
import io.weir.problem.PlatformException;
import io.weir.security.Passport;
import reactor.core.publisher.Mono;

/// Calls that are chats, by one of the APIs that have them.
record OfflineChats(String path, Surface surface, Admission admission, CallParts parts, Caching caching)
        implements OfflineCalls {

    @Override
    public Mono<byte[]> run(Order order, byte[] body) {
        return Mono.defer(() -> admission.admit(
                        new Arrival(order.requestId(), order.caller(), order.tags(), false, System.nanoTime(), null),
                        surface,
                        body))
                .flatMap(call -> answered(order.fillsCache() ? caching.filling(call) : call))
                .contextWrite(Priority.BATCH::in);
    }

    @Override
    public void demandKept(Passport caller) {
        if (!caching.serves(admission.tenant(caller))) {
            throw PlatformException.invalid(
                    CacheWish.HEADER,
                    "This tenant has no cache to fill. Turn cache.exact or cache.semantic on in its settings, or leave '"
                            + CacheWish.HEADER + "' out.");
        }
    }

    private Mono<byte[]> answered(Call admitted) {
        if (admitted.streams()) {
            return Mono.error(PlatformException.invalid("stream", "Nobody reads a stream here. Leave stream out."));
        }
        Call call = admitted.ofBatch();
        return new PlainCall(call, parts, new ChatAnswers(call, parts.measure()))
                .run()
                .map(answered -> ChatHandler.inFormOf(call, answered))
                .map(Answered::body)
                .onErrorMap(PlatformException.class, call.asked()::inOwnWords);
    }
}
