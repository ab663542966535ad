/// Changing the schema while it is used: which statements are safe, and how they are run, retried, spread over all
/// sites and kept from burdening anybody. Owns the rules for migrations and the machinery that runs them.
/// Does not own the migrations themselves, nor where the sites are.
@NullMarked
package io.weir.r2dbc.migration;

import org.jspecify.annotations.NullMarked;
