/// Answers given again: to a request that is the same, or whose last message means the same, of the same tenant. Owns
/// the entries, their keys and the judgement of what means the same. Does not own how a call is run, booked or written
/// (see `inference`), nor the answers of idempotent calls.
@NullMarked
package io.weir.orchestration.cache;

import org.jspecify.annotations.NullMarked;
