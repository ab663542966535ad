/// Makes tampering evident: signed Merkle checkpoints over the logs, exported to where the database cannot
/// write, and the verification that names the first record that does not hold.
@NullMarked
package io.weir.tenant.audit.sealing;

import org.jspecify.annotations.NullMarked;
