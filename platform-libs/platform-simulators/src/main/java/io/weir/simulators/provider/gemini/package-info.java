/// Gemini's wire form: content (plain and streaming), embeddings, error bodies.
@NullMarked
package io.weir.simulators.provider.gemini;

import org.jspecify.annotations.NullMarked;
