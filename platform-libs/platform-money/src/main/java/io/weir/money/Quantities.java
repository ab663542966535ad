package io.weir.money;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

/// How much of each meter was used; meters at zero are left out, so that equal usage is equal.
public record Quantities(@JsonAnyGetter Map<Meter, Long> byMeter) {

    public static final Quantities NONE = new Quantities(Map.of());

    // As the value itself, the map's serializer would be looked for anew at each of them.
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Quantities {
        Map<Meter, Long> kept = new EnumMap<>(Meter.class);
        byMeter.forEach((meter, quantity) -> {
            if (quantity < 0) {
                throw new IllegalArgumentException(
                        "quantity of " + meter.wireName() + ": " + quantity + " (expected: >= 0)");
            }
            if (quantity > 0) {
                kept.put(meter, quantity);
            }
        });
        byMeter = Collections.unmodifiableMap(kept);
    }

    public static Quantities of(Meter meter, long quantity) {
        return new Quantities(Map.of(meter, quantity));
    }

    public long of(Meter meter) {
        return byMeter.getOrDefault(meter, 0L);
    }

    public Quantities plus(Quantities other) {
        Map<Meter, Long> sum = new EnumMap<>(Meter.class);
        sum.putAll(byMeter);
        other.byMeter.forEach((meter, quantity) -> sum.merge(meter, quantity, Math::addExact));
        return new Quantities(sum);
    }

    /// Tokens of the prompt, cached or not.
    public long input() {
        return sum(Meter::isInput);
    }

    /// Tokens that the provider generated.
    public long output() {
        return sum(Meter::isOutput);
    }

    private long sum(Predicate<Meter> which) {
        return byMeter.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
