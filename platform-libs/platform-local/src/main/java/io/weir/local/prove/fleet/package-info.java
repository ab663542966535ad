/// A whole platform for a trial, and the means to break it: processes that are killed, servers that are cut off. Does
/// not own what is tried on it.
@NullMarked
package io.weir.local.prove.fleet;

import org.jspecify.annotations.NullMarked;
