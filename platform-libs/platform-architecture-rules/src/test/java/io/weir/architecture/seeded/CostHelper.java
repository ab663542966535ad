package io.weir.architecture.seeded;

import reactor.core.publisher.Mono;

/// Breaks several rules at once.
final class CostHelper {

    final double cost = 0.1;

    String waitForEver(Mono<String> mono) {
        System.out.println(cost);
        return String.valueOf(mono.block());
    }
}
