package io.weir.tenant.providerkey;

import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.Violations;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A key that somebody sets. Where it is sent belongs to it: neither is changed without the other, so that nobody who
/// does not have the key can send it to an address of their own.
///
/// @param apiKey the secret itself
/// @param baseUrl empty: the platform's own address of the provider
record ProviderKeyWish(String apiKey, String baseUrl, Fallback fallback) {

    // Of a shorter one the last four characters would say too much.
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    /// Throws a 400 that names every field at fault, and repeats none of their values.
    static ProviderKeyWish of(ObjectNode body, BaseUrlRules rules) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("apiKey", "baseUrl", "fallback"));
        String key = fields.required("apiKey", ProviderKeyWish::key).orElse("");
        String url =
                fields.optional("baseUrl", text -> rules.read(text).toString()).orElse("");
        Fallback fallback =
                fields.optional("fallback", ProviderKeyWish::fallback).orElse(Fallback.NONE);
        violations.refuseIfAny();
        return new ProviderKeyWish(key, url, fallback);
    }

    private static String key(String text) {
        boolean plain = text.chars().allMatch(character -> character > ' ' && character < 0x7f);
        if (text.length() < SHORTEST || text.length() > LONGEST || !plain) {
            throw new IllegalArgumentException(
                    "must be " + SHORTEST + " to " + LONGEST + " visible ASCII characters, as the provider gave it");
        }
        return text;
    }

    private static Fallback fallback(String text) {
        return switch (text) {
            case "none" -> Fallback.NONE;
            case "platform" -> Fallback.PLATFORM;
            default -> throw new IllegalArgumentException("must be none or platform");
        };
    }

    static String word(Fallback fallback) {
        return fallback.name().toLowerCase(Locale.ROOT);
    }

    String lastFour() {
        return apiKey.substring(apiKey.length() - 4);
    }

    @Override
    public String toString() {
        return "ProviderKeyWish[" + fallback + "]";
    }
}
