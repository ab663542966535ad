/// OpenAI's wire form: chat completions (plain and streaming), models, error envelope.
@NullMarked
package io.weir.simulators.provider.openai;

import org.jspecify.annotations.NullMarked;
