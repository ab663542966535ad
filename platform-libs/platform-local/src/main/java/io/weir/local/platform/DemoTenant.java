package io.weir.local.platform;

/// A demo tenant as tools find it.
record DemoTenant(String slug, String plan, String apiKey, String tenantId) {}
