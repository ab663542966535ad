/// Asks a database's live catalogue whether anything in it could show one tenant's rows to another, and names each
/// finding with its fix. Owns the rules; does not own what makes tables safe (the preparation), nor when it is asked.
@NullMarked
package io.weir.r2dbc.isolation;

import org.jspecify.annotations.NullMarked;
