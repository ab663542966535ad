/// What the control plane tells the data plane: one record type per snapshot topic.
/// Adding an optional field is the only change within a version.
@NullMarked
package io.weir.snapshots.catalog;

import org.jspecify.annotations.NullMarked;
