/// Moves a tenant's placed rows from one site to another while they are read and written. Owns the states of a move,
/// the copy, the capture and application of changes, the fence, the verification, and the way back.
@NullMarked
package io.weir.r2dbc.placement.move;

import org.jspecify.annotations.NullMarked;
