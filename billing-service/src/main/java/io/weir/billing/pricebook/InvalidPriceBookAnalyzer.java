package io.weir.billing.pricebook;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says at a failed start what is wrong with the price book, and where.
final class InvalidPriceBookAnalyzer extends AbstractFailureAnalyzer<InvalidPriceBookException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPriceBookException cause) {
        return new FailureAnalysis(
                "The price book " + cause.file() + " cannot be used:\n  " + String.join("\n  ", cause.faults()),
                "Correct the file, or point weir.billing.price-book at another one.",
                cause);
    }
}
