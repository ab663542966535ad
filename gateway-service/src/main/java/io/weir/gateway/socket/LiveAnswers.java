package io.weir.gateway.socket;

import io.weir.gateway.address.AllowedAddresses;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import java.util.function.Function;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// When answers end that would last for ever: with the caller's right to them, the expiry of its key
/// included, and when the gateway stops.
public final class LiveAnswers implements SmartLifecycle {

    private final OpenExchanges exchanges;
    private final AllowedAddresses addresses;
    private volatile Sinks.Empty<Void> stopping = Sinks.empty();
    private volatile boolean running;

    LiveAnswers(OpenExchanges exchanges, AllowedAddresses addresses) {
        this.exchanges = exchanges;
        this.addresses = addresses;
    }

    /// Fails with the reason when the caller's right ends; completes when the gateway stops.
    Mono<Void> end(Call call, Caller caller) {
        return exchanges.untilExpiry(caller, now -> addresses.refusal(now, call.clientAddress()), stopping.asMono());
    }

    /// Runs the answer until it is done, the caller's right ends, or the gateway stops.
    ///
    /// @param ending given the reason, fails when the answer is to end
    public Mono<Void> until(
            Call call, Caller caller, Mono<Void> answer, Function<PlatformException, Mono<Void>> ending) {
        return exchanges.untilExpiry(
                caller,
                now -> addresses.refusal(now, call.clientAddress()),
                answer.takeUntilOther(stopping.asMono()),
                ending);
    }

    // Before the web server waits for open exchanges to end.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public void start() {
        stopping = Sinks.empty();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        stopping.tryEmitEmpty();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
