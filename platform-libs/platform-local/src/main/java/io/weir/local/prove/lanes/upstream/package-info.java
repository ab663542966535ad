/// A provider that costs next to nothing, a process of its own: answers every chat completion with the same text,
/// after a set time, or in frames that carry the time of their sending.
@NullMarked
package io.weir.local.prove.lanes.upstream;

import org.jspecify.annotations.NullMarked;
