/// What Helm makes of the chart, and what must hold for it. Owns no cluster: the chart is rendered by Helm's own
/// library, and each object is read into its Kubernetes type.
@NullMarked
package io.weir.helm;

import org.jspecify.annotations.NullMarked;
