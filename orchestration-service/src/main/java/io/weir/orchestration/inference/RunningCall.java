package io.weir.orchestration.inference;

import io.weir.money.Amount;
import reactor.core.publisher.Mono;

/// A held call on its way, as the renewal of its hold sees it.
interface RunningCall {

    /// What it has cost so far, as far as that can be measured; empty where it cannot.
    Mono<Amount> measured();

    /// Its hold expired and could not be renewed: others may settle it, so that nothing more may be produced for it.
    void expired();
}
