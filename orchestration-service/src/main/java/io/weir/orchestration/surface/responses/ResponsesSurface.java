package io.weir.orchestration.surface.responses;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// `POST /v1/responses`.
public final class ResponsesSurface implements Surface {

    private final InstantSource clock;
    private final @Nullable Memory memory;

    /// What the API does by storing responses is refused.
    public ResponsesSurface(InstantSource clock) {
        this(clock, null);
    }

    /// @param memory of one request; null: what the API does by storing responses is refused
    public ResponsesSurface(InstantSource clock, @Nullable Memory memory) {
        this.clock = clock;
        this.memory = memory;
    }

    @Override
    public SurfaceRequest read(byte[] body) {
        return RequestReader.read(body, memory, clock.instant().getEpochSecond());
    }
}
