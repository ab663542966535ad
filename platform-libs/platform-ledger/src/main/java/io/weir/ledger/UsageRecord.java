package io.weir.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A ledger event in its CloudEvents envelope, stamped by the process that wrote it.
///
/// @param id unique within the source; with tenant and source it is the event's identity
/// @param source for example `orchestration`
/// @param time fixed once, when the event happened
/// @param producerid the writing process
/// @param producerepoch rises each time that process starts
/// @param producersequence counts from 0 without a gap, per producer, epoch and partition
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"specversion", "type", "datacontenttype"})
public record UsageRecord(
        String id,
        String source,
        Instant time,
        @Nullable TenantId tenantid,
        String producerid,
        long producerepoch,
        long producersequence,
        UsageEvent data) {

    @JsonProperty
    String specversion() {
        return "1.0";
    }

    // Before the data: who reads it then knows what these are.
    @JsonProperty
    String type() {
        return data.type();
    }

    @JsonProperty
    String datacontenttype() {
        return "application/json";
    }
}
