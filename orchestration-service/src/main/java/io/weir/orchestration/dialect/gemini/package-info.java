/// Google's Gemini API, to and from OpenAI's chat form. Owns no connection and no money.
@NullMarked
package io.weir.orchestration.dialect.gemini;

import org.jspecify.annotations.NullMarked;
