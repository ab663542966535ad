/// One record per request, to Kafka and to the meters, without ever delaying an answer.
@NullMarked
package io.weir.gateway.access;

import org.jspecify.annotations.NullMarked;
