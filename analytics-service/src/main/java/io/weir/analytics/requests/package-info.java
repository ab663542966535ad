/// One tenant's settled requests, each with its attempts, cost lines and savings.
@NullMarked
package io.weir.analytics.requests;

import org.jspecify.annotations.NullMarked;
