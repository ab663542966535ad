package io.weir.tenant.keyuse;

import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads from the gateway's access records which key was used. What a key was refused for is no use of it.
final class AccessRecords {

    private static final Pattern KEY_ID = Pattern.compile("[0-9A-Za-z]{12}");
    private static final Set<String> REFUSED = Set.of("invalid_api_key", "address_not_allowed", "tenant_suspended");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AccessRecords() {}

    /// Empty for a record that tells of no key, or whose header names another tenant than it does.
    static Optional<KeyUse> read(ConsumerRecord<String, byte[]> received) {
        if (received.value() == null) {
            return Optional.empty();
        }
        try {
            JsonNode event = JSON.readTree(received.value());
            JsonNode data = event.path("data");
            String keyId = data.path("keyId").asString("");
            if (!KEY_ID.matcher(keyId).matches()
                    || REFUSED.contains(data.path("reason").asString(""))) {
                return Optional.empty();
            }
            TenantId tenant = TenantId.of(data.path("tenantId").asString(""));
            Instant at = Instant.parse(event.path("time").asString(""));
            return TenantHeader.read(received.headers()).equals(Optional.of(tenant))
                    ? Optional.of(new KeyUse(tenant, keyId, at))
                    : Optional.empty();
        } catch (JacksonException | IllegalArgumentException | DateTimeException unreadable) {
            return Optional.empty();
        }
    }
}
