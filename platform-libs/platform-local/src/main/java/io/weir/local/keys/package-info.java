/// Rotates the keys of a local platform while it runs: a new key is spread, then used, and the old one retired
/// once nothing depends on it. Clusters do the same steps with their own means.
@NullMarked
package io.weir.local.keys;

import org.jspecify.annotations.NullMarked;
