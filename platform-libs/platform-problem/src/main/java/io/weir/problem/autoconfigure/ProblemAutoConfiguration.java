package io.weir.problem.autoconfigure;

import io.weir.problem.webflux.ProblemWebExceptionHandler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/// Gives every service the one error writer.
@AutoConfiguration
public final class ProblemAutoConfiguration {

    @Bean
    ProblemWebExceptionHandler problemWebExceptionHandler() {
        return new ProblemWebExceptionHandler();
    }
}
