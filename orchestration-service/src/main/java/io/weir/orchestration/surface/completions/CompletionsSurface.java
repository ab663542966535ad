package io.weir.orchestration.surface.completions;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;

/// `POST /v1/completions`: a prompt is asked as a user's message, whoever the provider is.
public final class CompletionsSurface implements Surface {

    @Override
    public SurfaceRequest read(byte[] body) {
        return CompletionReader.read(body);
    }
}
