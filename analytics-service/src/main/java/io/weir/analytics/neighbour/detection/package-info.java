/// Tells which tenant takes others' share. Owns the rule alone: pure, over what was measured, without a clock, a store
/// or
/// a memory. Does not own what is done about it.
@NullMarked
package io.weir.analytics.neighbour.detection;

import org.jspecify.annotations.NullMarked;
