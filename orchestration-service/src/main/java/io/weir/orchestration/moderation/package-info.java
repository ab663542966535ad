/// Moderations: whether texts and pictures are harmful, in OpenAI's form. Owns the wire form of this one route. Does
/// not
/// own prices, budgets or the ledger, which it uses as `inference` does.
@NullMarked
package io.weir.orchestration.moderation;

import org.jspecify.annotations.NullMarked;
