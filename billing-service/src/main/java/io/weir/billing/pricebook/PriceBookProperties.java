package io.weir.billing.pricebook;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/// @param priceBook the file with the prices
@ConfigurationProperties("weir.billing")
record PriceBookProperties(
        @DefaultValue("classpath:price-books/list.json") Resource priceBook) {}
