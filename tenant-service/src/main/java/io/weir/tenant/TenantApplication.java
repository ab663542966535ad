package io.weir.tenant;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/// Starts the tenant service.
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public final class TenantApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TenantApplication.class, arguments);
    }

    @Bean
    RandomGenerator random() {
        return new SecureRandom();
    }
}
