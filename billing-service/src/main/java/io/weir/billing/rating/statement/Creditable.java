package io.weir.billing.rating.statement;

import io.weir.billing.rating.model.InvalidTermsException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What credit notes may still give back of a final invoice, by line, in minor units.
public record Creditable(Map<String, Long> left) {

    public Creditable {
        left = Collections.unmodifiableMap(new TreeMap<>(left));
    }

    public long total() {
        return left.values().stream().reduce(0L, Math::addExact);
    }

    /// What is left after a credit note. Throws [InvalidTermsException] naming the line of which more
    /// would be given back than was invoiced, or that is not on the invoice.
    ///
    /// @param note what it gives back of which line, above 0
    public Creditable after(Map<String, Long> note) {
        Map<String, Long> rest = new TreeMap<>(left);
        note.forEach((line, amount) -> {
            String field = "lines." + line;
            Long invoiced = left.get(line);
            if (invoiced == null) {
                throw new InvalidTermsException(field, "The invoice has no such line.");
            }
            if (amount <= 0 || amount > invoiced) {
                throw new InvalidTermsException(
                        field,
                        "A credit of " + amount + " is not from 1 to the " + invoiced
                                + " minor units that are left of the line.");
            }
            rest.put(line, invoiced - amount);
        });
        return new Creditable(rest);
    }
}
