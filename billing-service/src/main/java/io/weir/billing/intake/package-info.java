/// Carries changes of snapshots into the database: in order, in batches, and again until they are in.
/// Does not own what a change means (`budget`, `rating`).
@NullMarked
package io.weir.billing.intake;

import org.jspecify.annotations.NullMarked;
