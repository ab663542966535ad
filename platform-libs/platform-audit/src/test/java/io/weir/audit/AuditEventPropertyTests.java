package io.weir.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.Assertions;

class AuditEventPropertyTests {

    @Property(tries = 300)
    void whateverTheTextsAreTheEventSurvivesTheWireWithTheSameDigest(
            @ForAll String actor, @ForAll String target, @ForAll String detail, @ForAll String requestId) {
        AuditEvent event = event(actor, target, detail, requestId, 7);
        AuditEvent read = AuditCodec.read(AuditCodec.write(event));
        assertThat(read).isEqualTo(event);
        assertThat(read.digest()).isEqualTo(event.digest());
        assertThat(event.what().target()).doesNotContain("\u0000");
    }

    @Property(tries = 300)
    void movingACharacterFromOneFieldToTheNextChangesTheBytes(@ForAll String one, @ForAll String other) {
        Assertions.setMaxStackTraceElementsDisplayed(5);
        byte[] bytes = event("a", "t" + AuditText.clean(one, 100), AuditText.clean(other, 100), "r", 1)
                .canonical();
        byte[] moved = event("a", "t" + AuditText.clean(one, 100) + "x", AuditText.clean(other, 100), "r", 1)
                .canonical();
        byte[] back = event("a", "t" + AuditText.clean(one, 100), "x" + AuditText.clean(other, 100), "r", 1)
                .canonical();
        assertThat(new HashSet<>(List.of(List.of(boxed(bytes)), List.of(boxed(moved)), List.of(boxed(back)))))
                .hasSize(3);
    }

    @Property(tries = 1)
    void everyFieldIsCovered() {
        AuditEvent event = event("key:a", "key:b", "d", "r", 1);
        List<AuditEvent> others = new ArrayList<>(List.of(event));
        others.add(event("key:x", "key:b", "d", "r", 1));
        others.add(event("key:a", "key:x", "d", "r", 1));
        others.add(event("key:a", "key:b", "x", "r", 1));
        others.add(event("key:a", "key:b", "d", "x", 1));
        others.add(event("key:a", "key:b", "d", "r", 2));
        AuditEntry entry = event.what();
        others.add(with(event, new AuditEntry("key.revoked", "key:b", entry.outcome(), null, null, "d")));
        others.add(with(event, new AuditEntry("key.created", "key:b", AuditEntry.Outcome.FAILED, null, null, "d")));
        others.add(with(event, new AuditEntry("key.created", "key:b", entry.outcome(), "x", null, "d")));
        others.add(with(event, new AuditEntry("key.created", "key:b", entry.outcome(), null, "x", "d")));
        others.add(by(event, new AuditContext("key:a", "10.0.0.1", "r", null)));
        others.add(by(event, new AuditContext("key:a", null, "r", "4bf92f3577b34da6a3ce929d0e0e4736")));
        others.add(new AuditEvent(UUID.randomUUID(), event.at(), event.tenant(), event.by(), entry, "s", "p", 1));
        others.add(new AuditEvent(
                event.id(), event.at().plusNanos(1_000), event.tenant(), event.by(), entry, "s", "p", 1));
        others.add(new AuditEvent(event.id(), event.at(), TenantId.PLATFORM, event.by(), entry, "s", "p", 1));
        others.add(new AuditEvent(event.id(), event.at(), event.tenant(), event.by(), entry, "x", "p", 1));
        others.add(new AuditEvent(event.id(), event.at(), event.tenant(), event.by(), entry, "s", "x", 1));
        Set<String> digests = new HashSet<>();
        others.forEach(other -> digests.add(java.util.HexFormat.of().formatHex(other.digest())));
        assertThat(digests).hasSameSizeAs(others);
    }

    static AuditEvent event(String actor, String target, String detail, String requestId, long sequence) {
        return new AuditEvent(
                UUID.fromString("019ab000-1111-7abc-8def-0123456789ab"),
                Instant.parse("2026-11-23T04:05:06.123456789Z"),
                TenantId.of("019aa000-2222-7abc-8def-0123456789ab"),
                new AuditContext(actor, null, requestId, null),
                AuditEntry.done("key.created", target).with(detail),
                "s",
                "p",
                sequence);
    }

    private static AuditEvent with(AuditEvent event, AuditEntry entry) {
        return new AuditEvent(event.id(), event.at(), event.tenant(), event.by(), entry, "s", "p", 1);
    }

    private static AuditEvent by(AuditEvent event, AuditContext by) {
        return new AuditEvent(event.id(), event.at(), event.tenant(), by, event.what(), "s", "p", 1);
    }

    private static Byte[] boxed(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            boxed[i] = bytes[i];
        }
        return boxed;
    }
}
