/// The life of one call: admitted, held, answered, settled, whatever the client, the provider or the broker do
/// meanwhile.
/// Owns the order of these steps and the public routes. Does not own prices, budgets or wire forms.
@NullMarked
package io.weir.orchestration.inference;

import org.jspecify.annotations.NullMarked;
