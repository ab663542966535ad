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

    /// The platform's book as version 0: its version is given when it is stored.
    /// Throws [InvalidPriceBookException] listing every fault with its place.
    static PriceBookSnapshot read(Resource file) {
        try (InputStream in = file.getInputStream()) {
            Terms terms = parse(file.getDescription(), in.readAllBytes());
            if (terms.own().tenantId() != null) {
                throw new InvalidPriceBookException(
                        file.getDescription(), List.of("tenant: named (expected: the platform's book)"));
            }
            return terms.own();
        } catch (IOException unreadable) {
            throw new InvalidPriceBookException(
                    file.getDescription(), List.of("not readable: " + unreadable.getMessage()));
        }
    }

    /// Throws [InvalidPriceBookException] listing every fault with its place.
    static Terms parse(String place, byte[] json) {
        try {
            PriceBookFile book = JSON.readValue(json, PriceBookFile.class);
            if (book == null) {
                throw new InvalidPriceBookException(place, List.of("null (expected: an object)"));
            }
            return new PriceBookCheck(place).checked(book);
        } catch (JacksonException malformed) {
            throw new InvalidPriceBookException(place, List.of(place(malformed)));
        }
    }

    private static String place(JacksonException malformed) {
        String where = malformed.getLocation() == null
                ? ""
                : " (line " + malformed.getLocation().getLineNr() + ")";
        return malformed.getOriginalMessage() + where;
    }
}
