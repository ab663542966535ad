package io.weir.orchestration.estimate;

import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.inference.RequestIds;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import io.weir.snapshots.catalog.TenantSnapshot;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/// `POST /api/orchestration/estimate`. Holds nothing and calls nobody.
final class EstimateHandler {

    private static final int LARGEST_BODY = 1024 * 1024;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final Admission admission;
    private final Estimator estimator;

    EstimateHandler(Admission admission, Estimator estimator) {
        this.admission = admission;
        this.estimator = estimator;
    }

    Mono<ServerResponse> estimate(ServerRequest request) {
        Passport passport = Access.passport(request);
        TenantSnapshot tenant = admission.tenant(passport);
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), LARGEST_BODY)
                .map(EstimateHandler::bytes)
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> estimator.estimate(EstimateRequest.read(body), tenant))
                .flatMap(estimate -> ServerResponse.ok()
                        .header("x-request-id", RequestIds.of(request))
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(JSON.writeValueAsBytes(estimate)));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
