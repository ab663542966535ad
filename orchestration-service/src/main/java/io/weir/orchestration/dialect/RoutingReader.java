package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.RoutingWishes.MaxPrice;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads a request's `provider` object and its `models`. A wish that nobody follows is refused: its client would take
/// the call for limited.
public final class RoutingReader {

    private static final String KNOWN =
            "order, only, ignore, region, sort, max_price, require_parameters, allow_fallbacks (data_collection:"
                    + " allow)";
    private static final int MOST_PROVIDERS = 50;
    private static final int MOST_MODELS = 10;
    private static final int LONGEST_NAME = 256;
    private static final int MOST_DIGITS = 30;
    private static final BigDecimal HIGHEST_PRICE = BigDecimal.valueOf(1_000_000);
    private static final String AUTO = "auto";

    private List<String> order = List.of();
    private List<String> only = List.of();
    private List<String> ignore = List.of();
    private @Nullable Sort sort;
    private @Nullable MaxPrice maxPrice;
    private boolean requireParameters;
    private boolean allowFallbacks = true;
    private List<String> models = List.of();
    private List<String> regions = List.of();

    /// What was read so far.
    public RoutingWishes wishes() {
        return new RoutingWishes(
                order, only, ignore, sort, maxPrice, requireParameters, allowFallbacks, models, regions);
    }

    /// From the object's opening to its end. Throws a 400 that names what is wrong, or is not followed.
    public void readProvider(JsonParser json) {
        Set<String> seen = new HashSet<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String path = "provider." + shortened(json.currentName());
            if (!seen.add(path)) {
                throw PlatformException.invalid(path, "'" + path + "' is given twice. Give it once.");
            }
            if (json.nextToken() != JsonToken.VALUE_NULL) {
                readWish(path, json);
            }
        }
    }

    private void readWish(String path, JsonParser json) {
        switch (path) {
            case "provider.order" -> order = names(path, json, MOST_PROVIDERS);
            case "provider.only" -> only = names(path, json, MOST_PROVIDERS);
            case "provider.ignore" -> ignore = names(path, json, MOST_PROVIDERS);
            case "provider.region" -> regions = regions(path, json);
            case "provider.sort" -> sort = sort(path, json);
            case "provider.max_price" -> maxPrice = maxPrice(path, json);
            case "provider.require_parameters" -> requireParameters = flag(path, json);
            case "provider.allow_fallbacks" -> allowFallbacks = flag(path, json);
            case "provider.data_collection" -> {
                if (!text(path, json).equals("allow")) {
                    throw unfollowed(path);
                }
            }
            default -> throw unfollowed(path);
        }
    }

    /// From the array's opening to its end.
    void readModels(JsonParser json) {
        models = names("models", json, MOST_MODELS);
        int auto = models.indexOf(AUTO);
        if (auto >= 0) {
            throw PlatformException.invalid(
                    "models[" + auto + "]",
                    "'models[" + auto + "]' is 'auto'. List models by name; 'model': 'auto' chooses among them.");
        }
    }

    // Each name counts where it stands first.
    private static List<String> names(String path, JsonParser json, int most) {
        expect(path, json, JsonToken.START_ARRAY, "an array of strings");
        List<String> names = new ArrayList<>();
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            String at = path + "[" + i + "]";
            String name = text(at, json);
            if (name.isBlank() || name.length() > LONGEST_NAME) {
                throw PlatformException.invalid(at, "'" + at + "' must have 1 to " + LONGEST_NAME + " characters.");
            }
            if (i >= most) {
                throw PlatformException.invalid(path, "'" + path + "' has more than " + most + " names. Give fewer.");
            }
            names.add(name);
        }
        return names.stream().distinct().toList();
    }

    // One, or several; a list of none would be taken for a limit.
    private static List<String> regions(String path, JsonParser json) {
        boolean one = json.currentToken() == JsonToken.VALUE_STRING;
        List<String> all = one ? List.of(json.getString()) : names(path, json, MOST_PROVIDERS);
        if (all.isEmpty() || !all.stream().allMatch(Regions::isName)) {
            throw PlatformException.invalid(
                    path, "Invalid value for '" + path + "': expected a region such as eu or eu-central-1, or a list.");
        }
        return all;
    }

    private static Sort sort(String path, JsonParser json) {
        try {
            return Sort.of(text(path, json));
        } catch (IllegalArgumentException unknown) {
            throw PlatformException.invalid(
                    path, "Invalid value for '" + path + "': expected one of price, latency, throughput.");
        }
    }

    private static MaxPrice maxPrice(String path, JsonParser json) {
        expect(path, json, JsonToken.START_OBJECT, "an object");
        BigDecimal prompt = null;
        BigDecimal completion = null;
        BigDecimal request = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            String at = path + "." + shortened(field);
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "prompt" -> prompt = price(at, json);
                case "completion" -> completion = price(at, json);
                case "request" -> request = price(at, json);
                default ->
                    throw PlatformException.invalid(
                            at, "'" + at + "' is no price that is followed. Known: prompt, completion, request.");
            }
        }
        return new MaxPrice(prompt, completion, request);
    }

    private static BigDecimal price(String path, JsonParser json) {
        if (!json.currentToken().isNumeric()) {
            throw RequestFields.wrongType(path, "a number of US dollars", json.currentToken());
        }
        BigDecimal price = decimal(json);
        // The digits first: comparing 1e999999999 would expand it.
        if (price == null
                || Math.abs((long) price.scale()) > MOST_DIGITS
                || price.precision() > MOST_DIGITS
                || price.signum() < 0
                || price.compareTo(HIGHEST_PRICE) > 0) {
            throw PlatformException.invalid(
                    path,
                    "Invalid value for '" + path + "': expected US dollars from 0 to " + HIGHEST_PRICE.toPlainString()
                            + ".");
        }
        return price;
    }

    private static @Nullable BigDecimal decimal(JsonParser json) {
        try {
            return json.getDecimalValue();
        } catch (ArithmeticException | NumberFormatException excessive) {
            return null;
        }
    }

    private static boolean flag(String path, JsonParser json) {
        if (!json.currentToken().isBoolean()) {
            throw RequestFields.wrongType(path, "true or false", json.currentToken());
        }
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    private static String text(String path, JsonParser json) {
        expect(path, json, JsonToken.VALUE_STRING, "a string");
        return json.getString();
    }

    private static void expect(String path, JsonParser json, JsonToken wanted, String expected) {
        if (json.currentToken() != wanted) {
            throw RequestFields.wrongType(path, expected, json.currentToken());
        }
    }

    private static PlatformException unfollowed(String path) {
        return PlatformException.invalid(
                path, "'" + path + "' is not followed here, so that it cannot be asked for. Known: " + KNOWN + ".");
    }

    private static String shortened(String name) {
        return name.length() > 40 ? name.substring(0, 40) + "..." : name;
    }
}
