/// OpenAI's older API of text that is continued, in the form of chat completions and back.
@NullMarked
package io.weir.orchestration.surface.completions;

import org.jspecify.annotations.NullMarked;
