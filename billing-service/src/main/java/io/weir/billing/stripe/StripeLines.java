package io.weir.billing.stripe;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.rating.RatedLine;
import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RatedLine.PlanFee;
import io.weir.billing.rating.SealedHoursHash;
import io.weir.billing.stripe.api.MetadataKey;
import io.weir.billing.stripe.api.NewItem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// An invoice's lines as Stripe takes them: whole amounts, with what proves them in the metadata. Pure.
final class StripeLines {

    /// Stripe's own limit per invoice.
    static final int MOST = 250;

    private StripeLines() {}

    /// In the invoice's order. Throws [ArithmeticException] for an amount that cannot be sent.
    static List<NewItem> of(Invoice invoice) {
        Currency currency = Currency.getInstance(invoice.currency());
        List<NewItem> items = new ArrayList<>();
        for (RatedLine line : invoice.lines()) {
            int position = items.size();
            Map<String, String> metadata = proof(line);
            metadata.put(MetadataKey.INVOICE, invoice.id().toString());
            metadata.put(MetadataKey.LINE, Integer.toString(position));
            metadata.put(MetadataKey.EXACT, line.exact().toPlainString());
            items.add(new NewItem(
                    position,
                    MinorUnits.of(line.amount(), currency),
                    invoice.currency(),
                    description(line),
                    invoice.periodStart(),
                    invoice.periodEnd(),
                    metadata));
        }
        return items;
    }

    private static Map<String, String> proof(RatedLine line) {
        Map<String, String> proof = new TreeMap<>();
        switch (line) {
            case PlanFee fee -> {
                proof.put(MetadataKey.KIND, "plan_fee");
                proof.put(MetadataKey.QUANTITY, "1");
                proof.put(MetadataKey.PRICE, fitting(fee.plan()));
            }
            case CallOverage overage -> {
                proof.put(MetadataKey.KIND, "call_overage");
                proof.put(MetadataKey.QUANTITY, Long.toString(overage.billed()));
                proof.put(MetadataKey.PRICE, overage.unitPrice().toPlainString());
            }
            case ModelUsage usage -> {
                proof.put(MetadataKey.KIND, "model_usage");
                proof.put(MetadataKey.QUANTITY, fitting(quantities(usage, "; ")));
                proof.put(MetadataKey.PRICE, fitting(String.join(" ", usage.priceRules())));
                proof.put(
                        MetadataKey.HOURS, Integer.toString(usage.sealedHours().size()));
                proof.put(MetadataKey.HOURS_HASH, SealedHoursHash.of(usage.sealedHours()));
            }
        }
        return proof;
    }

    private static String description(RatedLine line) {
        return fitting(
                switch (line) {
                    case PlanFee fee -> "Plan " + fee.plan();
                    case CallOverage overage ->
                        overage.billed() + " calls beyond " + overage.included() + " per " + overage.includedPer();
                    case ModelUsage usage -> usage.model() + " (" + usage.provider() + "): " + quantities(usage, ", ");
                });
    }

    private static String quantities(ModelUsage usage, String between) {
        return usage.quantities().byMeter().entrySet().stream()
                .map(quantity -> quantity.getKey().wireName() + " " + quantity.getValue())
                .collect(Collectors.joining(between));
    }

    // What is too long for Stripe is proven by its hash.
    private static String fitting(String value) {
        return MetadataKey.fits(value) ? value : "sha256 " + sha256(value);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
