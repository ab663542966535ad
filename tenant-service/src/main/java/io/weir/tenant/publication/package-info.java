/// The way of a change to the data plane: an outbox row in the change's own transaction, relayed to the signed topic.
/// Does not own what snapshots say.
@NullMarked
package io.weir.tenant.publication;

import org.jspecify.annotations.NullMarked;
