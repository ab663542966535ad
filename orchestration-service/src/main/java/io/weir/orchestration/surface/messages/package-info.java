/// Anthropic's Messages API for clients: its requests as chat completions, and chat completions as its messages,
/// events and errors. Does not speak to providers (see `dialect.anthropic`, which goes the other way).
@NullMarked
package io.weir.orchestration.surface.messages;

import org.jspecify.annotations.NullMarked;
