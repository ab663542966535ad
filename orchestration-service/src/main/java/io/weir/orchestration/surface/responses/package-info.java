/// OpenAI's Responses API over chat completions: reads its requests, writes its answers and events. Stores nothing.
@NullMarked
package io.weir.orchestration.surface.responses;

import org.jspecify.annotations.NullMarked;
