/// Keeps parts running: starts each when what it needs is ready, restarts what died, leaves alone what was stopped.
/// Knows nothing of what the parts are.
@NullMarked
package io.weir.local.supervisor;

import org.jspecify.annotations.NullMarked;
