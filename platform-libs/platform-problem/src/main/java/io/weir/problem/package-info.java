/// What can go wrong, as one catalogue, and the shapes in which callers are told: OpenAI's envelope under `/v1`,
/// Anthropic's under `/v1/messages`, RFC 9457 problem details elsewhere. Does not decide when a problem arises.
@NullMarked
package io.weir.problem;

import org.jspecify.annotations.NullMarked;
