package io.weir.billing;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// billing-service: price books, budget definitions, rating of sealed hours, invoices.
@SpringBootApplication
public class BillingApplication {

    /// Starts the service; settings come from the environment.
    public static void main(String[] arguments) {
        SpringApplication.run(BillingApplication.class, arguments);
    }
}
