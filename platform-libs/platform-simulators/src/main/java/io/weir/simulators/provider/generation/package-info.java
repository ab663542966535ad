/// Counts tokens with a real tokenizer and makes text of a known number of tokens. Knows no wire form.
@NullMarked
package io.weir.simulators.provider.generation;

import org.jspecify.annotations.NullMarked;
