/// The service's pen on the usage ledger: settings, topic, and what callers are told when it does not answer.
/// Does not own the events (`platform-ledger`).
@NullMarked
package io.weir.orchestration.ledger;

import org.jspecify.annotations.NullMarked;
