package io.weir.orchestration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Takes chat calls from the gateway, holds, routes, calls, streams and settles them.
@SpringBootApplication
public class OrchestrationApplication {

    public static void main(String... arguments) {
        SpringApplication.run(OrchestrationApplication.class, arguments);
    }
}
