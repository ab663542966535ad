/// Responses that clients come back to: kept sealed until they expire, gone on with, listed and removed. Owns their
/// table; does not own their form (see `surface.responses`).
@NullMarked
package io.weir.orchestration.storedresponse;

import org.jspecify.annotations.NullMarked;
