package io.weir.billing.pricebook;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Names of models as a price book writes them down for many at once.
final class ModelNames {

    private ModelNames() {}

    /// @param names `*` stands for any text, everything else for itself
    static Pattern pattern(String names) {
        return Pattern.compile(
                Arrays.stream(names.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
