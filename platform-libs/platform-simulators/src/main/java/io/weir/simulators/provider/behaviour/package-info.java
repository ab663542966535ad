/// How a simulated provider is told to behave: delays, faults, limits. Deterministic by seed.
/// Does not own the wire form of a refusal (see the dialects).
@NullMarked
package io.weir.simulators.provider.behaviour;

import org.jspecify.annotations.NullMarked;
