package io.weir.gateway.call;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/// One request on its way through. Written by the edge as it learns more, read by what comes after; the steps
/// of one request follow each other, so fields are volatile and not locked.
public final class Call {

    private static final String ATTRIBUTE = Call.class.getName();

    private final String requestId;
    private final RouteClass route;
    private final long startedAt;
    private final InetAddress clientAddress;
    private final boolean overTls;
    private volatile @Nullable Caller caller;
    private volatile @Nullable String passport;
    private volatile @Nullable String refusal;
    private volatile @Nullable Throwable cause;
    private volatile @Nullable String allowedOrigin;
    private volatile @Nullable Allowance allowance;
    private volatile @Nullable String limit;
    private volatile long retryMicros;
    private volatile @Nullable String overage;

    /// @param startedAt a reading of [System#nanoTime()]
    /// @param clientAddress of who calls, not of a trusted proxy on the way
    /// @param overTls whether the caller's own connection is encrypted
    public Call(String requestId, RouteClass route, long startedAt, InetAddress clientAddress, boolean overTls) {
        this.requestId = requestId;
        this.route = route;
        this.startedAt = startedAt;
        this.clientAddress = clientAddress;
        this.overTls = overTls;
    }

    public static Call of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    public void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    public String requestId() {
        return requestId;
    }

    public RouteClass route() {
        return route;
    }

    public long startedAt() {
        return startedAt;
    }

    public InetAddress clientAddress() {
        return clientAddress;
    }

    public boolean isOverTls() {
        return overTls;
    }

    /// The origin whose page may read the answer; null where none may.
    public @Nullable String allowedOrigin() {
        return allowedOrigin;
    }

    public void readableBy(@Nullable String origin) {
        this.allowedOrigin = origin;
    }

    /// Null until the caller is proven.
    public @Nullable Caller caller() {
        return caller;
    }

    public void provenAs(Caller proven) {
        this.caller = proven;
    }

    /// Null until the call is admitted.
    public @Nullable String passport() {
        return passport;
    }

    public void admittedWith(String mintedPassport) {
        this.passport = mintedPassport;
    }

    /// Null where no limit of requests holds for the call.
    public @Nullable Allowance allowance() {
        return allowance;
    }

    /// Whose limit that is, and which, for example `key.requestsPerSecond`; null where none holds.
    public @Nullable String limit() {
        return limit;
    }

    /// @param ofLimit its name
    public void limitedTo(Allowance known, String ofLimit) {
        this.allowance = known;
        this.limit = ofLimit;
    }

    /// After how many microseconds to try again where the platform itself is full; 0 where it is not.
    public long retryMicros() {
        return retryMicros;
    }

    public void retryIn(long micros) {
        this.retryMicros = micros;
    }

    /// What the call costs beside the model, in US dollars, because it is beyond those that its plan includes; null
    /// where it is not.
    public @Nullable String overage() {
        return overage;
    }

    public void pricedAt(String usDollars) {
        this.overage = usDollars;
    }

    /// The code of the problem with which the gateway itself answered; null where a service answered.
    public @Nullable String refusal() {
        return refusal;
    }

    public void refusedWith(String code) {
        this.refusal = code;
    }

    /// What of ours failed, for the log; null where the caller was the cause.
    public @Nullable Throwable cause() {
        return cause;
    }

    public void failedBy(Throwable failure) {
        this.cause = failure;
    }
}
