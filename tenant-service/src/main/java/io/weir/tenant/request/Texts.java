package io.weir.tenant.request;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Forms that texts in requests must have. Each method answers with the value or throws [IllegalArgumentException]
/// saying what was expected.
public final class Texts {

    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+");
    private static final Pattern REGION = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Set<String> COUNTRIES = Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Texts() {}

    /// A syntactically possible address. The message does not repeat it: addresses are not logged.
    public static String email(String text) {
        if (text.length() > 254 || !EMAIL.matcher(text).matches()) {
            throw new IllegalArgumentException("is not an e-mail address");
        }
        return text;
    }

    /// An IANA time-zone name such as `Europe/Berlin`.
    public static String timeZone(String text) {
        // Offsets such as +02:00 are zones to Java, but no names.
        if (!text.equals("UTC") && !ZoneId.getAvailableZoneIds().contains(text)) {
            throw new IllegalArgumentException("is not an IANA time zone such as Europe/Berlin");
        }
        try {
            return ZoneId.of(text).getId();
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException("is not an IANA time zone such as Europe/Berlin", unknown);
        }
    }

    /// An ISO 4217 code such as `EUR`.
    public static String currency(String text) {
        try {
            Currency currency = Currency.getInstance(text);
            if (currency.getDefaultFractionDigits() < 0) {
                throw new IllegalArgumentException("is not a currency that can be invoiced");
            }
            return text;
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("is not an ISO 4217 currency such as USD", unknown);
        }
    }

    /// An ISO 3166 code of two letters such as `DE`.
    public static String country(String text) {
        if (!COUNTRIES.contains(text)) {
            throw new IllegalArgumentException("is not an ISO 3166 country code such as DE");
        }
        return text;
    }

    public static String region(String text) {
        if (!REGION.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "is not a region name such as eu-west (lower-case letters, digits, hyphens)");
        }
        return text;
    }

    /// A name that people read: 1 to 100 visible characters.
    public static String displayName(String text) {
        if (text.isBlank() || text.length() > 100 || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must have 1 to 100 visible characters");
        }
        return text.strip();
    }

    /// An instant such as `2026-12-31T00:00:00Z`, of the years 1 to 9999.
    public static Instant instant(String text) {
        try {
            Instant instant = Instant.parse(text);
            // Beyond them the database has other words, or none.
            if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
                throw new IllegalArgumentException("must be within the years 1 to 9999");
            }
            return instant;
        } catch (DateTimeException malformed) {
            throw new IllegalArgumentException("is not an instant such as 2026-12-31T00:00:00Z", malformed);
        }
    }
}
