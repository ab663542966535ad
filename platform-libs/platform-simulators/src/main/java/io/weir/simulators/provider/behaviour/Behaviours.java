package io.weir.simulators.provider.behaviour;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/// The behaviour in force of every provider. Setting one starts its sequence of errors and its minute afresh.
/// Safe for concurrent use; a call keeps the behaviour it was admitted under.
public final class Behaviours {

    private final InstantSource clock;
    private final Map<Provider, Conduct> conducts = new EnumMap<>(Provider.class);

    public Behaviours(InstantSource clock) {
        this.clock = clock;
        reset();
    }

    public synchronized void apply(BehaviourChange change) {
        change.providers().forEach(provider -> put(provider, change.behaviour()));
    }

    /// Every provider back to [Behaviour#DEFAULT].
    public synchronized void reset() {
        for (Provider provider : Provider.values()) {
            put(provider, Behaviour.DEFAULT);
        }
    }

    public synchronized Map<Provider, Behaviour> current() {
        Map<Provider, Behaviour> current = new EnumMap<>(Provider.class);
        conducts.forEach((provider, conduct) -> current.put(provider, conduct.behaviour()));
        return current;
    }

    /// Decides about the next call. Each call counts once, against the limit first and then in the draw of errors.
    public Admission admit(Provider provider) {
        return conductOf(provider).admit(clock.millis());
    }

    private synchronized Conduct conductOf(Provider provider) {
        Conduct conduct = conducts.get(provider);
        if (conduct == null) {
            throw new IllegalStateException("no behaviour for " + provider);
        }
        return conduct;
    }

    private void put(Provider provider, Behaviour behaviour) {
        conducts.put(provider, new Conduct(behaviour, clock.millis()));
    }
}
