/// What a call would cost, before it is made: `POST /api/orchestration/estimate`. Asks the same code as a call does
/// (see `route`). Owns the wire form alone.
@NullMarked
package io.weir.orchestration.estimate;

import org.jspecify.annotations.NullMarked;
