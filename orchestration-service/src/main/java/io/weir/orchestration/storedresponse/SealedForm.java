package io.weir.orchestration.storedresponse;

import io.weir.orchestration.dialect.WireJson;
import io.weir.security.Envelope;
import io.weir.security.Envelope.Place;
import io.weir.tenancy.TenantId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a response lies in the database: compressed, then sealed for its tenant and id. Safe for use by many threads;
/// not for event loops.
final class SealedForm {

    private static final String PURPOSE = "stored-response";

    private final Envelope envelope;
    private final long largest;

    /// @param largest in bytes of JSON
    SealedForm(Envelope envelope, long largest) {
        this.envelope = envelope;
        this.largest = largest;
    }

    /// Empty where it is too large.
    Optional<byte[]> seal(TenantId tenant, String id, ObjectNode response, ArrayNode input) {
        ObjectNode whole = WireJson.object();
        whole.set("response", response);
        whole.set("input", input);
        byte[] json = WireJson.write(whole);
        return json.length > largest
                ? Optional.empty()
                : Optional.of(envelope.seal(compressed(json), place(tenant, id)));
    }

    StoredResponse open(TenantId tenant, String id, byte[] sealed) {
        JsonNode whole = WireJson.read(expanded(envelope.open(sealed, place(tenant, id))));
        return new StoredResponse((ObjectNode) whole.path("response"), (ArrayNode) whole.path("input"));
    }

    private static Place place(TenantId tenant, String id) {
        return new Place(tenant, PURPOSE, id);
    }

    private static byte[] compressed(byte[] json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length / 3 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] expanded(byte[] bytes) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return gzip.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
