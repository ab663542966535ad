package io.weir.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.weir.gateway.call.RequestIds;
import io.weir.problem.ErrorBody;
import io.weir.problem.ErrorShape;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Gives a body to errors that have none: those by which the server itself refuses a request that it cannot
/// even read (a malformed request line, headers that are too large), before any of our code has seen it. And
/// ends a connection whose request's body breaks off in mid-framing: the server would pass what came so far for
/// the whole. One per connection.
final class BareErrors extends ChannelDuplexHandler {

    private String path = "/v1";
    private boolean head;
    private boolean answering;
    private boolean overTls;
    private @Nullable String malformed;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        overTls = context.pipeline().get(SslHandler.class) != null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpRequest)
                && message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            endBroken(context);
            return;
        }
        if (message instanceof HttpRequest request) {
            head = HttpMethod.HEAD.equals(request.method());
            // Netty calls a request that it cannot read "/bad-request"; most of ours are the API's.
            malformed = request.decoderResult().cause() instanceof MalformedHead why ? why.getMessage() : null;
            boolean told = !request.decoderResult().isFailure()
                    || request.uri().startsWith("/api")
                    || ErrorShape.of(request.uri()) == ErrorShape.ANTHROPIC;
            path = told ? request.uri() : "/v1";
        }
        context.fireChannelRead(message);
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void endBroken(ChannelHandlerContext context) {
        if (answering) {
            context.close();
            return;
        }
        malformed =
                "The body's chunks are not well-formed. Send each as its size in hexadecimal, CR LF, its bytes, CR LF.";
        FullHttpResponse refusal = withBody(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER));
        refusal.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
    }

    // Who writes waits on the promise.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        noteProgress(message);
        boolean bare = message instanceof FullHttpResponse response
                && response.status().code() >= 400
                && !response.content().isReadable()
                && !head;
        context.write(bare ? withBody((FullHttpResponse) message) : message, promise);
    }

    private void noteProgress(Object message) {
        if (message instanceof HttpResponse response) {
            answering = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        }
        if (message instanceof LastHttpContent) {
            answering = false;
        }
    }

    private FullHttpResponse withBody(FullHttpResponse bare) {
        String known = bare.headers().get("x-request-id");
        String requestId =
                known == null ? RequestIds.next(System.currentTimeMillis(), ThreadLocalRandom.current()) : known;
        ErrorBody body = ErrorBody.forPath(path, problem(bare.status().code(), malformed), requestId);
        ByteBuf content = Unpooled.wrappedBuffer(body.bytes());
        FullHttpResponse full = new DefaultFullHttpResponse(bare.protocolVersion(), bare.status(), content);
        full.headers().set(bare.headers());
        full.headers().set(HttpHeaderNames.CONTENT_TYPE, body.contentType());
        full.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.bytes().length);
        full.headers().set("x-request-id", requestId);
        if (ErrorShape.of(path).hasRequestIdHeader()) {
            full.headers().set("request-id", requestId);
        }
        full.headers().set("x-should-retry", "false");
        secure(full.headers());
        bare.release();
        return full;
    }

    // An answer of our own code has them already, and perhaps stricter ones.
    private void secure(HttpHeaders headers) {
        SecurityHeaders.SAME.forEach(headers::set);
        if (!headers.contains(SecurityHeaders.CSP)) {
            headers.set(SecurityHeaders.CSP, SecurityHeaders.NO_CONTENT);
        }
        if (!headers.contains(HttpHeaderNames.VARY)) {
            headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
        }
        headers.set(HttpHeaderNames.CACHE_CONTROL, SecurityHeaders.NO_STORE);
        if (overTls) {
            headers.set(SecurityHeaders.HSTS, SecurityHeaders.ONLY_TLS);
        }
    }

    private static PlatformException problem(int status, @Nullable String malformed) {
        return switch (status) {
            case 413, 431 ->
                new PlatformException(
                        ProblemType.REQUEST_TOO_LARGE,
                        "The request's headers are too large. Send fewer or shorter ones.");
            case 414 -> new PlatformException(ProblemType.REQUEST_TOO_LARGE, "The request's URL is too long.");
            case 404 -> new PlatformException(ProblemType.NOT_FOUND, "There is no such path. See the API reference.");
            case 405 -> new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "This path does not take that method.");
            default ->
                status >= 500
                        ? new PlatformException(
                                ProblemType.INTERNAL_ERROR, "Something went wrong on our side. Try again.")
                        : new PlatformException(
                                ProblemType.INVALID_REQUEST,
                                malformed == null ? "The request is not well-formed HTTP. Check its form." : malformed);
        };
    }
}
