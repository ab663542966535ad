/// How long an answer will be and what it will cost, learned from the calls that were settled. Owns what was learned,
/// in this process alone. Serves routing and estimates; no bill is made of it.
@NullMarked
package io.weir.orchestration.forecast;

import org.jspecify.annotations.NullMarked;
