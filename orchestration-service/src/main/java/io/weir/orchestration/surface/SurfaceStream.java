package io.weir.orchestration.surface;

import java.util.Optional;

/// One stream on its way to one client: chat completion chunks become the frames of the client's API. For one thread at
/// a time.
public interface SurfaceStream {

    /// Takes whole frames of chunks, the one with the usage last, and returns those for the client, possibly none.
    byte[] chunks(byte[] frames);

    /// Takes what a provider sent whose own API the client speaks, with the frames that it became, if any. Returns
    /// those for the client, possibly none.
    default byte[] sent(byte[] bytes, byte[] frames) {
        return frames.length == 0 ? frames : chunks(frames);
    }

    /// What follows the last chunk of an answer that is whole.
    byte[] end();

    /// The failure of this stream, as the last thing that the client receives: whole frames. Empty where it does not
    /// matter what came before: [SurfaceRequest#failure] tells it.
    default Optional<byte[]> failure(StreamFailure failure) {
        return Optional.empty();
    }
}
