package io.weir.snapshots;

import io.weir.security.TrustedKeys;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// The newest accepted snapshot of every key of a topic, in memory. Reading is safe for many threads and never
/// waits.
public final class SnapshotTable<T> {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTable.class);

    private final SnapshotTopic<T> topic;
    private final TrustedKeys keys;
    private final Map<String, Entry<T>> entries = new ConcurrentHashMap<>();
    private final List<Consumer<SnapshotChange<T>>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean ready;

    SnapshotTable(SnapshotTopic<T> topic, TrustedKeys keys) {
        this.topic = topic;
        this.keys = keys;
    }

    // A removed key stays, with its version, so that an older record cannot bring it back.
    private record Entry<T>(SignedRecord signed, @Nullable T value) {}

    public Optional<T> find(String key) {
        Entry<T> entry = entries.get(key);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.value());
    }

    /// All present values, in no order; a copy of the moment.
    public Collection<T> all() {
        return entries.values().stream()
                .map(Entry::value)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    /// Whether the topic was read to its end once, or its last good copy stands in while the broker is away.
    public boolean isReady() {
        return ready;
    }

    /// Records refused so far: unsigned, signed by another service, or unreadable.
    public long refused() {
        return refused.get();
    }

    public SnapshotTopic<T> topic() {
        return topic;
    }

    /// Calls the listener, on the reader's thread, for every accepted change from now on. Registered before the
    /// application starts, it sees everything. It must be quick; what it throws is logged and otherwise ignored.
    public void onChange(Consumer<SnapshotChange<T>> listener) {
        listeners.add(listener);
    }

    void markReady() {
        ready = true;
    }

    int size() {
        return entries.size();
    }

    List<SignedRecord> signedRecords() {
        return entries.values().stream().map(Entry::signed).toList();
    }

    /// Applies a record if it is signed by the owner and newer than what is known. True when it changed
    /// something.
    boolean apply(SignedRecord signed) {
        Entry<T> known = entries.get(signed.key());
        if (known != null && known.signed().version() >= signed.version()) {
            return resigned(known, signed);
        }
        T value;
        try {
            signed.verify(topic, keys);
            byte[] json = signed.value();
            value = json == null ? null : SnapshotJson.read(json, topic.type());
        } catch (JacksonException | IllegalArgumentException | NullPointerException notAcceptable) {
            refuse(signed.key(), String.valueOf(notAcceptable.getMessage()));
            return false;
        }
        entries.put(signed.key(), new Entry<>(signed, value));
        tell(new SnapshotChange<>(signed.key(), value, signed.version()));
        return true;
    }

    // The same record under a newer key of its owner: kept, so that the copy on disk outlives the older key.
    private boolean resigned(Entry<T> known, SignedRecord signed) {
        if (known.signed().isSameAs(signed) && !known.signed().signer().equals(signed.signer())) {
            try {
                signed.verify(topic, keys);
                entries.put(signed.key(), new Entry<>(signed, known.value()));
                return true;
            } catch (IllegalArgumentException notAcceptable) {
                refuse(signed.key(), String.valueOf(notAcceptable.getMessage()));
            }
        }
        return false;
    }

    void refuse(@Nullable String key, String why) {
        refused.incrementAndGet();
        LOG.error("Refused a record of {} under key {}: {}", topic.suffix(), key, why);
    }

    private void tell(SnapshotChange<T> change) {
        for (Consumer<SnapshotChange<T>> listener : listeners) {
            try {
                listener.accept(change);
            } catch (RuntimeException listenersFault) {
                LOG.error("A listener of {} failed on key {}", topic.suffix(), change.key(), listenersFault);
            }
        }
    }
}
