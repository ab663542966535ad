/// What a simulated model answers, whatever the wire form: how long, which tool, how many tokens of each kind.
/// Does not own how that looks on the wire (see the dialects).
@NullMarked
package io.weir.simulators.provider.answer;

import org.jspecify.annotations.NullMarked;
