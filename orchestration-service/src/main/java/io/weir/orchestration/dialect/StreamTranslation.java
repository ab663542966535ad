package io.weir.orchestration.dialect;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One provider's stream on its way into OpenAI's form. For one stream and one thread at a time.
public interface StreamTranslation {

    /// Takes bytes as they come and returns server-sent events in OpenAI's form, possibly none. What is no event of the
    /// dialect becomes an event with an `error`, after which nothing follows.
    byte[] translate(byte[] bytes);

    /// What the provider has counted so far.
    ///
    /// @param inChunks the usage that OpenAI's chunks carried; null: none
    Optional<ReportedUsage> usage(@Nullable JsonNode inChunks);
}
