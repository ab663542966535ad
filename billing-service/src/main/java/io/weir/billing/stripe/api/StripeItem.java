package io.weir.billing.stripe.api;

import com.stripe.model.InvoiceItem;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;

/// A line of Stripe's invoice.
///
/// @param amount in the minor unit of `currency`, which is an ISO code
public record StripeItem(String id, String currency, long amount, Map<String, String> metadata) {

    public StripeItem {
        metadata = Map.copyOf(metadata);
    }

    static StripeItem of(InvoiceItem item) {
        return new StripeItem(
                item.getId(),
                String.valueOf(item.getCurrency()).toUpperCase(Locale.ROOT),
                Objects.requireNonNull(item.getAmount(), "amount"),
                item.getMetadata() == null ? Map.of() : item.getMetadata());
    }

    /// Which of our invoice's lines it is, from 0; empty for somebody else's.
    public OptionalInt lineOf(UUID invoice) {
        String line = metadata.getOrDefault(MetadataKey.LINE, "");
        boolean ours = invoice.toString().equals(metadata.get(MetadataKey.INVOICE)) && line.matches("[0-9]{1,6}");
        return ours ? OptionalInt.of(Integer.parseInt(line)) : OptionalInt.empty();
    }
}
