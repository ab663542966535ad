package io.weir.orchestration.dialect;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Takes down what a provider counted, bucket by bucket. One count that cannot be makes all of it unbelievable.
/// For one answer; not for threads.
public final class UsageSheet {

    // More than any call can use, and far from where sums overflow.
    private static final long MOST = 1_000_000_000_000L;

    private final JsonNode raw;
    private final Map<Meter, Long> buckets = new EnumMap<>(Meter.class);
    private final Map<String, Long> unmapped = new TreeMap<>();
    private @Nullable String doubt;

    public UsageSheet(JsonNode raw) {
        this.raw = raw;
    }

    /// A count; 0 where there is none. What is there and is no count is doubted, and reads as 0.
    public long count(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        boolean counts = value.isIntegralNumber() && value.canConvertToLong();
        if (!counts || value.longValue() < 0 || value.longValue() > MOST) {
            doubt(field + " is " + shortened(value));
            return 0;
        }
        return value.longValue();
    }

    /// Adds to a bucket. Less than nothing is doubted.
    public void add(Meter meter, long count) {
        if (count < 0) {
            doubt(meter.wireName() + " would be " + count);
        } else {
            buckets.merge(meter, count, Long::sum);
        }
    }

    /// Something was counted that has no meter. At and below that place, numbers above zero count.
    ///
    /// @return how much, all in all
    public long unknown(String place, JsonNode value) {
        if (value.isContainer()) {
            long sum = 0;
            for (String name : value.isObject() ? value.propertyNames() : Set.<String>of()) {
                sum += unknown(place + "." + name, value.path(name));
            }
            return sum;
        }
        boolean counts = value.isNumber() && value.decimalValue().signum() > 0;
        return counts ? unknown(place, ceiling(value)) : 0;
    }

    /// As the other, where the count is known.
    public long unknown(String place, long count) {
        if (count > 0) {
            unmapped.merge(place, Math.min(count, MOST), Long::sum);
        }
        return Math.clamp(count, 0, MOST);
    }

    /// Nothing of it can be believed. The first doubt counts.
    public void doubt(String why) {
        if (doubt == null) {
            doubt = why;
        }
    }

    /// What was taken down.
    ///
    /// @param openAi puts the buckets into OpenAI's form
    /// @param last whether the output was counted to its end
    public ReportedUsage read(String tier, Function<Quantities, JsonNode> openAi, boolean last) {
        if (doubt != null) {
            return ReportedUsage.doubted(raw, doubt);
        }
        Quantities read = new Quantities(buckets);
        return new ReportedUsage(read, raw, unmapped, openAi.apply(read), last, tier, null);
    }

    // Within bounds first: the digits of 1e99999999 and of 1e-99999999 are nothing to write out.
    private static long ceiling(JsonNode value) {
        return value.decimalValue()
                .min(BigDecimal.valueOf(MOST))
                .max(BigDecimal.ONE)
                .setScale(0, RoundingMode.CEILING)
                .longValue();
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
