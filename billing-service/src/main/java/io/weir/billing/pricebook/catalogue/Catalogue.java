package io.weir.billing.pricebook.catalogue;

import io.weir.money.Amount;
import io.weir.money.Rate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A format in which prices are published.
public enum Catalogue {
    /// LiteLLM's `model_prices_and_context_window.json`: dollars per unit as JSON numbers, one field per meter
    /// and tier.
    LITELLM {
        @Override
        Listing read(JsonNode root) {
            return LiteLlm.read(root);
        }
    },
    /// OpenRouter's `GET /api/v1/models`: dollars per unit as decimal strings.
    OPENROUTER {
        @Override
        Listing read(JsonNode root) {
            return OpenRouter.read(root);
        }
    };

    // Numbers as they stand in the file, never through floating point.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    abstract Listing read(JsonNode root);

    /// Empty where no format has that name.
    public static Optional<Catalogue> named(String word) {
        for (Catalogue one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /// Throws [IllegalArgumentException] saying what is wrong where it is not that format.
    public Listing read(byte[] file) {
        try {
            JsonNode root = JSON.readTree(file);
            if (root == null || !root.isObject()) {
                throw new IllegalArgumentException("no JSON object");
            }
            return read(root);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("no JSON: " + malformed.getOriginalMessage(), malformed);
        }
    }

    /// The one place where a catalogue's price is rounded: to twelve decimals, half up. Empty where it is
    /// nothing, or no price. Throws [IllegalArgumentException] where so little would be left that it would be
    /// nothing.
    static Optional<Rate> rate(JsonNode value) {
        BigDecimal price = value.isNumber() ? value.decimalValue() : decimal(value.asString(""));
        if (price.signum() <= 0) {
            return Optional.empty();
        }
        BigDecimal rounded = price.setScale(Amount.SCALE, RoundingMode.HALF_UP);
        if (rounded.signum() == 0) {
            throw new IllegalArgumentException(price.toPlainString() + " (expected: at least 0.000000000001)");
        }
        return Optional.of(new Rate(rounded));
    }

    private static BigDecimal decimal(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException noNumber) {
            return BigDecimal.ZERO;
        }
    }
}
