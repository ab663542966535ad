/// Anthropic's wire form: messages (plain and streaming), error bodies.
@NullMarked
package io.weir.simulators.provider.anthropic;

import org.jspecify.annotations.NullMarked;
