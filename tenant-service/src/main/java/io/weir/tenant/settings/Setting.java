package io.weir.tenant.settings;

import io.weir.tenant.request.AddressRange;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.WebOrigin;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Everything that can be set per tenant, by its path, and the form that its value must have.
record Setting(String path, Form form) {

    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_PROMPT = 32_768;
    private static final int LONGEST_LIST = 200;
    private static final int LARGEST_BRANDING = 16_384;
    private static final int LONGEST_NUMBER = 30;
    private static final Pattern REGION = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    /// Throws [IllegalArgumentException] saying what a value must be.
    @FunctionalInterface
    interface Form {
        void check(JsonNode value);
    }

    private static final Map<String, Setting> ALL = byPath(Stream.of(
            new Setting("limits.requestsPerSecond", Setting::quantity),
            new Setting("limits.requestsPerHour", Setting::whole),
            new Setting("limits.requestsPerDay", Setting::whole),
            new Setting("limits.tokensPerMinute", Setting::whole),
            new Setting("limits.tokensPerMonth", Setting::whole),
            new Setting("limits.maxConcurrency", Setting::whole),
            new Setting("limits.documents", Setting::whole),
            new Setting("limits.storageMb", Setting::whole),
            new Setting("limits.callsPerDay", Setting::whole),
            new Setting("limits.callsPerMonth", Setting::whole),
            new Setting("limits.keys", value -> wholeBetween(value, 1, 10_000)),
            new Setting("limits.members", value -> wholeBetween(value, 1, 100_000)),
            new Setting("limits.databaseConnections", value -> wholeBetween(value, 1, 1_000)),
            new Setting("limits.statementTimeoutMs", value -> wholeBetween(value, 1, 600_000)),
            new Setting("security.keyMaxAgeDays", value -> wholeBetween(value, 1, 3_650)),
            new Setting("security.keyGraceDays", value -> wholeBetween(value, 0, 90)),
            new Setting("models.allowed", list(Setting::name)),
            new Setting("models.default", text(Setting::name)),
            new Setting("models.embedding", text(Setting::name)),
            new Setting("models.temperature", value -> between(value, BigDecimal.ZERO, BigDecimal.TWO)),
            new Setting("models.maxTokens", value -> wholeBetween(value, 1, 10_000_000)),
            new Setting("routing.preferredProvider", text(Setting::name)),
            new Setting("routing.order", list(Setting::name)),
            new Setting("routing.only", list(Setting::name)),
            new Setting("routing.ignore", list(Setting::name)),
            new Setting("routing.sort", oneOf("price", "latency", "throughput")),
            new Setting("routing.maxPrice", Setting::quantity),
            new Setting("routing.regions", list(Setting::region)),
            new Setting("calls.clientGone", oneOf("cancel", "drain")),
            new Setting("cache.exact", Setting::flag),
            new Setting("cache.semantic", Setting::flag),
            new Setting("cache.sampled", Setting::flag),
            new Setting("cache.ttlSeconds", value -> wholeBetween(value, 1, 604_800)),
            new Setting("cache.threshold", value -> between(value, new BigDecimal("0.5"), BigDecimal.ONE)),
            new Setting("retrieval.mode", oneOf("basic", "hybrid", "agentic")),
            new Setting("retrieval.decompose", Setting::flag),
            new Setting("retrieval.multiHop", Setting::flag),
            new Setting("retrieval.rerank", Setting::flag),
            new Setting("features.piiMasking", Setting::flag),
            new Setting("features.audit", Setting::flag),
            new Setting("features.agenticTools", Setting::flag),
            new Setting("ipAllowList", list(AddressRange::of)),
            new Setting("cors.allowedOrigins", list(WebOrigin::check)),
            new Setting("prompts.system", text(Setting::prompt)),
            new Setting("retentionDays", value -> wholeBetween(value, 0, 3_650)),
            new Setting("timeZone", text(Texts::timeZone)),
            new Setting("currency", text(Texts::currency)),
            new Setting("branding", Setting::branding)));

    private static final Set<String> OF_KEYS = Set.of(
            "models.allowed",
            "models.default",
            "models.temperature",
            "models.maxTokens",
            "limits.requestsPerSecond",
            "limits.maxConcurrency");

    /// What a key may have beside its tenant's: what the data plane follows, and no limits at which nobody would stop
    /// it.
    static Set<String> ofKeys() {
        return new TreeSet<>(OF_KEYS);
    }

    /// All settings, in the order of their paths.
    static Stream<Setting> all() {
        return ALL.values().stream();
    }

    static boolean exists(String path) {
        return ALL.containsKey(path);
    }

    static Setting at(String path) {
        Setting setting = ALL.get(path);
        if (setting == null) {
            throw new IllegalArgumentException("setting: '" + path + "' (expected one of: " + ALL.keySet() + ")");
        }
        return setting;
    }

    /// Whether settings lie below that path.
    static boolean isSection(String path) {
        return ALL.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    private static Map<String, Setting> byPath(Stream<Setting> settings) {
        Map<String, Setting> byPath = new TreeMap<>();
        settings.forEach(setting -> byPath.put(setting.path(), setting));
        return byPath;
    }

    private static void whole(JsonNode value) {
        wholeBetween(value, 0, 1_000_000_000_000_000L);
    }

    private static void wholeBetween(JsonNode value, long lowest, long highest) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("must be a whole number");
        }
        between(value, BigDecimal.valueOf(lowest), BigDecimal.valueOf(highest));
    }

    private static void quantity(JsonNode value) {
        between(value, BigDecimal.ZERO, BigDecimal.valueOf(1_000_000_000_000_000L));
    }

    private static void between(JsonNode value, BigDecimal lowest, BigDecimal highest) {
        if (!value.isNumber()) {
            throw new IllegalArgumentException("must be a number");
        }
        BigDecimal number = value.decimalValue();
        // The scale first: comparing 1e999999999 would expand it.
        if (!fits(number) || number.compareTo(lowest) < 0 || number.compareTo(highest) > 0) {
            throw new IllegalArgumentException(
                    "must be from " + lowest.toPlainString() + " to " + highest.toPlainString());
        }
    }

    private static boolean fits(BigDecimal number) {
        return Math.abs((long) number.scale()) <= LONGEST_NUMBER && number.precision() <= LONGEST_NUMBER;
    }

    // Before anything writes them out: the decimal digits of 1e200000 are 200,000.
    private static boolean numbersFit(JsonNode value) {
        if (value.isNumber()) {
            return fits(value.decimalValue());
        }
        for (JsonNode child : value) {
            if (!numbersFit(child)) {
                return false;
            }
        }
        return true;
    }

    private static void flag(JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("must be true or false");
        }
    }

    private static Form text(Consumer<String> form) {
        return value -> {
            if (!value.isString()) {
                throw new IllegalArgumentException("must be a string");
            }
            form.accept(value.stringValue());
        };
    }

    private static Form oneOf(String... words) {
        return text(word -> {
            if (!Set.of(words).contains(word)) {
                throw new IllegalArgumentException("must be one of " + List.of(words));
            }
        });
    }

    private static Form list(Consumer<String> form) {
        return value -> {
            if (!value.isArray() || value.size() > LONGEST_LIST) {
                throw new IllegalArgumentException("must be a list of at most " + LONGEST_LIST + " strings");
            }
            int index = 0;
            for (JsonNode item : value) {
                try {
                    text(form).check(item);
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException("item " + index + " " + wrong.getMessage(), wrong);
                }
                index++;
            }
        };
    }

    private static void name(String text) {
        if (text.isBlank() || text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must have 1 to " + LONGEST_NAME + " visible characters");
        }
    }

    private static void region(String text) {
        if (!REGION.matcher(text).matches()) {
            throw new IllegalArgumentException("must be a region such as eu or eu-central-1");
        }
    }

    private static void prompt(String text) {
        if (text.length() > LONGEST_PROMPT || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("must have at most " + LONGEST_PROMPT + " characters and no NUL");
        }
    }

    private static void branding(JsonNode value) {
        if (!numbersFit(value)) {
            throw new IllegalArgumentException("must have numbers of at most 30 digits and a scale of at most 30");
        }
        String text = value.toString();
        // \\u0000 cannot be stored.
        if (!value.isObject() || text.length() > LARGEST_BRANDING || text.contains("\\u0000")) {
            throw new IllegalArgumentException("must be an object of at most " + LARGEST_BRANDING + " characters");
        }
    }
}
