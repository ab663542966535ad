package io.weir.orchestration.dialect;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where prompts are processed, as operators name it: `eu`, or within that `eu-central-1`.
public final class Regions {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,62}");

    private Regions() {}

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /// Whether somebody in that region may serve where these alone are allowed. A region that nobody states is in none.
    ///
    /// @param allowed empty: anywhere
    /// @param region null: not stated
    public static boolean permit(List<String> allowed, @Nullable String region) {
        return allowed.isEmpty() || (region != null && allowed.stream().anyMatch(one -> isWithin(one, region)));
    }

    private static boolean isWithin(String wide, String narrow) {
        String outer = wide.toLowerCase(Locale.ROOT);
        String inner = narrow.toLowerCase(Locale.ROOT);
        return inner.equals(outer) || inner.startsWith(outer + "-");
    }
}
