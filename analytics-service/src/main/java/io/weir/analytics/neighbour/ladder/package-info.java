/// What is done about a tenant that takes others' share, and when it ends. Owns the steps, the patience before each,
/// and
/// what a pardon means: pure, from what is known, a finding and an instant to what is known next. Does not own what was
/// measured (see `detection`), nor how a step is recorded and told.
@NullMarked
package io.weir.analytics.neighbour.ladder;

import org.jspecify.annotations.NullMarked;
