package io.weir.billing.pricebook;

import java.util.List;

/// A price book cannot be used. Raised at start only: a service that cannot price must not run.
final class InvalidPriceBookException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final List<String> faults;

    InvalidPriceBookException(String file, List<String> faults) {
        super("price book " + file + ": " + String.join("; ", faults));
        this.file = file;
        this.faults = List.copyOf(faults);
    }

    String file() {
        return file;
    }

    /// Each names its place in the file, what is there, and what was expected.
    List<String> faults() {
        return faults;
    }
}
