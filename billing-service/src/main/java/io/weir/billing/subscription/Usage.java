package io.weir.billing.subscription;

import java.math.BigDecimal;
import java.time.Instant;

/// Some of a metric, at an instant.
public record Usage(Instant at, Metric metric, BigDecimal quantity) {}
