package io.weir.orchestration.surface;

/// One API that clients speak, for example the chat completions themselves. Stateless, safe for use by many threads.
public interface Surface {

    /// Reads a request. Throws a 400 [io.weir.problem.PlatformException] that names the field as this API calls it.
    SurfaceRequest read(byte[] body);
}
