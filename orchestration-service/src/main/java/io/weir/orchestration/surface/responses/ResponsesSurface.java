package io.weir.orchestration.surface.responses;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import java.time.InstantSource;

/// `POST /v1/responses`. What the API does by storing responses is refused.
public final class ResponsesSurface implements Surface {

    private final InstantSource clock;

    public ResponsesSurface(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public SurfaceRequest read(byte[] body) {
        return RequestReader.read(body, clock.instant().getEpochSecond());
    }
}
