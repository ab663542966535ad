/// Embeddings: texts to vectors, in OpenAI's form whoever computes them. Owns the wire forms of this one route.
/// Does not own prices, budgets or the ledger, which it uses as `inference` does.
@NullMarked
package io.weir.orchestration.embedding;

import org.jspecify.annotations.NullMarked;
