package io.weir.billing.pricebook;

import java.util.regex.Pattern;

/// Names of models as a price book writes them down for many at once.
final class ModelNames {

    private static final String ANY = ".*";

    private ModelNames() {}

    /// @param names `*` stands for any text, everything else for itself
    static Pattern pattern(String names) {
        String[] texts = names.split("\\*", -1);
        int last = texts.length - 1;
        StringBuilder regex = new StringBuilder(Pattern.quote(texts[0]));
        for (int i = 1; i < last; i++) {
            // Where a text stands first is as good as any later place: trying those as well may take for ever.
            regex.append("(?>.*?").append(Pattern.quote(texts[i])).append(')');
        }
        return Pattern.compile(last == 0 ? regex.toString() : regex + ANY + Pattern.quote(texts[last]));
    }
}
