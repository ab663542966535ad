package io.weir.local.demo;

import java.math.BigDecimal;
import java.time.ZoneId;

/// A tenant of one run of the demo.
///
/// @param monthlyCap in US dollars
record Customer(
        String name, String slug, String plan, BigDecimal monthlyCap, ZoneId zone, String tenantId, String apiKey) {}
