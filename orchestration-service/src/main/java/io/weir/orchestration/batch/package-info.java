/// Batches: OpenAI's batches API. Owns the jobs, their lines and how workers share them. Does not own
/// files (see `file`) or what a call is and costs (see `inference`).
@NullMarked
package io.weir.orchestration.batch;

import org.jspecify.annotations.NullMarked;
