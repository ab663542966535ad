/// Signed copies of the control plane's truth on compacted topics, and tables of them in memory.
/// Owns signing, refusal, versions and the last good copy on disk. Does not own the truth itself.
@NullMarked
package io.weir.snapshots;

import org.jspecify.annotations.NullMarked;
