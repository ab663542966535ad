package io.weir.billing.stripe.api;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How Stripe is reached, and how patiently.
///
/// @param baseUrl Stripe's own, or a simulator's; without a path
/// @param apiKey empty: nothing is ever sent
/// @param webhookSecret what events are signed with; empty: no event is accepted
/// @param connectTimeout of one attempt
/// @param readTimeout of one attempt
/// @param networkRetries attempts that the client repeats at once, under the same key, before the outbox waits
/// @param pollInterval between two looks for invoices and events that are due; a new invoice goes at once
/// @param retryBackoff before the second attempt at an invoice or event; doubled each time, up to `longestBackoff`
/// @param lease how long a tenant stays with a worker that gives no sign of life; longer than any call can take
/// @param daysUntilDue after which a finalised invoice is due, where Stripe has the customer's email address
@ConfigurationProperties("weir.stripe")
public record StripeProperties(
        @DefaultValue("https://api.stripe.com") URI baseUrl,
        @DefaultValue("") String apiKey,
        @DefaultValue("") String webhookSecret,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("20s") Duration readTimeout,
        @DefaultValue("2") int networkRetries,
        @DefaultValue("2s") Duration pollInterval,
        @DefaultValue("1s") Duration retryBackoff,
        @DefaultValue("5m") Duration longestBackoff,
        @DefaultValue("2m") Duration lease,
        @DefaultValue("30") int daysUntilDue) {

    public StripeProperties {
        if (lease.compareTo(longestCall(connectTimeout, readTimeout, networkRetries)) <= 0) {
            throw new IllegalArgumentException("weir.stripe.lease: " + lease + " (expected: more than "
                    + longestCall(connectTimeout, readTimeout, networkRetries) + ", the longest call)");
        }
        if (networkRetries < 0 || daysUntilDue < 1) {
            throw new IllegalArgumentException("weir.stripe: network-retries " + networkRetries + ", days-until-due "
                    + daysUntilDue + " (expected: at least 0, at least 1)");
        }
    }

    public boolean isSetUp() {
        return !apiKey.isBlank();
    }

    /// After which a call is given up, whatever the client still does.
    Duration longestCall() {
        return longestCall(connectTimeout, readTimeout, networkRetries);
    }

    // The client pauses up to five seconds between attempts.
    private static Duration longestCall(Duration connect, Duration read, int retries) {
        return connect.plus(read).multipliedBy(retries + 1L).plusSeconds(5L * retries);
    }

    // Keeps secrets out of logs.
    @Override
    public String toString() {
        return "StripeProperties[" + baseUrl + ", " + (isSetUp() ? "with" : "without") + " an API key]";
    }
}
