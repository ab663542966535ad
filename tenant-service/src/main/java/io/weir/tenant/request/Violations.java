package io.weir.tenant.request;

import io.weir.problem.PlatformException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Collects what is wrong with a request, so that a caller learns everything at once. For one thread.
public final class Violations {

    private final Map<String, String> byField = new LinkedHashMap<>();

    /// The first thing wrong with a field is kept.
    public void add(String field, String message) {
        byField.putIfAbsent(field, message);
    }

    /// Throws a 400 that names every field at fault, the first one as its `param`.
    public void refuseIfAny() {
        if (byField.isEmpty()) {
            return;
        }
        String first = byField.keySet().iterator().next();
        String all = byField.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("; "));
        throw PlatformException.invalid(first, all + ".");
    }
}
