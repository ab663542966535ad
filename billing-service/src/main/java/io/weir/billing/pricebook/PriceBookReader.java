package io.weir.billing.pricebook;

import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.springframework.core.io.Resource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Reads a price book's file. A field that it does not know is refused, since it may be a price misspelt.
final class PriceBookReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private PriceBookReader() {}

    /// The book as version 0: its version is given when it is approved.
    /// Throws [InvalidPriceBookException] listing every fault with its place.
    static PriceBookSnapshot read(Resource file) {
        try (InputStream in = file.getInputStream()) {
            PriceBookFile book = JSON.readValue(in, PriceBookFile.class);
            return new PriceBookCheck(file.getDescription()).checked(book);
        } catch (JacksonException malformed) {
            throw new InvalidPriceBookException(file.getDescription(), List.of(place(malformed)));
        } catch (IOException unreadable) {
            throw new InvalidPriceBookException(
                    file.getDescription(), List.of("not readable: " + unreadable.getMessage()));
        }
    }

    private static String place(JacksonException malformed) {
        String where = malformed.getLocation() == null
                ? ""
                : " (line " + malformed.getLocation().getLineNr() + ")";
        return malformed.getOriginalMessage() + where;
    }
}
