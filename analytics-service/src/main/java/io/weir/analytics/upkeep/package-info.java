/// What an operator does about what ingestion could not take: accepts lost events, and sends refused records again.
@NullMarked
package io.weir.analytics.upkeep;

import org.jspecify.annotations.NullMarked;
