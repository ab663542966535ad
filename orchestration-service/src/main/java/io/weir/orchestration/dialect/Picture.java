package io.weir.orchestration.dialect;

import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Where a picture of a message is: within the request, or at a public address.
public sealed interface Picture {

    /// @param data base64
    record Inline(String mediaType, String data) implements Picture {}

    /// @param url begins with `https://`
    record Remote(String url) implements Picture {}

    /// The picture of an `image_url` part. Empty when it is neither a base64 data URL nor an https URL.
    static Optional<Picture> of(JsonNode part) {
        JsonNode image = part.path("image_url");
        String url = image.isString() ? image.stringValue() : image.path("url").asString("");
        if (url.regionMatches(true, 0, "https://", 0, 8)) {
            return Optional.of(new Remote(url));
        }
        int comma = url.indexOf(',');
        if (!url.regionMatches(true, 0, "data:", 0, 5) || comma < 0) {
            return Optional.empty();
        }
        String description = url.substring(5, comma).toLowerCase(Locale.ROOT);
        String mediaType = description.split(";", 2)[0];
        return description.endsWith(";base64") && mediaType.startsWith("image/")
                ? Optional.of(new Inline(mediaType, url.substring(comma + 1)))
                : Optional.empty();
    }
}
