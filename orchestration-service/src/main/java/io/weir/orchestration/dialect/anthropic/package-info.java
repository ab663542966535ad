/// Anthropic's Messages API, to and from OpenAI's chat form. Owns no connection and no money.
@NullMarked
package io.weir.orchestration.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
