/// Fair use of a service's database: how many connections each tenant may hold, who waits and for how long, whose
/// failing statements are kept away from it, which reads a replica answers, and which answers are kept in memory.
/// Does not own the pools or the transactions (see `io.weir.r2dbc`), nor the figures of a plan (see the catalogue).
@NullMarked
package io.weir.r2dbc.governance;

import org.jspecify.annotations.NullMarked;
