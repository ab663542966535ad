package io.weir.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;

/// Netty's decoder behind a look at the whole head: a head is held back until it is complete and checked, so
/// that nothing is mended before we see it. After a refusal nothing more of the connection is read. One per
/// connection.
final class StrictRequestDecoder extends HttpRequestDecoder {

    private static final byte CR = '\r';
    private static final byte LF = '\n';

    private final HeadLimits limits;
    private final Queue<HttpMethod> asked;
    private final RequestPace pace;
    private int scanned;
    private boolean inMessage;
    private boolean refused;

    /// @param asked the methods of requests that have no answer yet, for the encoder
    StrictRequestDecoder(HeadLimits limits, Queue<HttpMethod> asked) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.bytes())
                .setMaxHeaderSize(limits.bytes())
                .setStrictLineParsing(true));
        this.limits = limits;
        this.asked = asked;
        this.pace = new RequestPace(limits);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            pace.received(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        pace.read(context, !refused && !inMessage && scanned > 0, !refused && inMessage);
        super.channelReadComplete(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        pace.stop();
        super.channelInactive(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (!inMessage && !headIsThere(in, out)) {
            return;
        }
        int before = out.size();
        super.decode(context, in, out);
        for (Object message : out.subList(before, out.size())) {
            if (message instanceof HttpRequest request) {
                asked.add(request.method());
            }
            if (message instanceof LastHttpContent) {
                inMessage = false;
            }
        }
    }

    // True when a head lies there that may be decoded.
    private boolean headIsThere(ByteBuf in, List<Object> out) {
        try {
            if (scanned == 0) {
                skipEmptyLines(in);
            }
            int length = headLength(in);
            if (length < 0) {
                return false;
            }
            demandShort(in, length);
            HeadForm.check(in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1), limits);
            scanned = 0;
            inMessage = true;
            return true;
        } catch (MalformedHead | TooLongHttpHeaderException | TooLongHttpLineException malformed) {
            refuse(in, out, malformed);
            return false;
        }
    }

    private void refuse(ByteBuf in, List<Object> out, Exception why) {
        refused = true;
        in.skipBytes(in.readableBytes());
        HttpMessage invalid = createInvalidMessage();
        invalid.setDecoderResult(DecoderResult.failure(why));
        asked.add(HttpMethod.GET);
        out.add(invalid);
    }

    // RFC 9112, 2.2: some clients send one behind a body.
    private static void skipEmptyLines(ByteBuf in) {
        while (in.readableBytes() >= 2
                && in.getByte(in.readerIndex()) == CR
                && in.getByte(in.readerIndex() + 1) == LF) {
            in.skipBytes(2);
        }
    }

    // Up to and with the last line's CRLF; negative where the end has not come yet.
    private int headLength(ByteBuf in) {
        int start = in.readerIndex();
        for (; scanned < in.readableBytes(); scanned++) {
            int at = start + scanned;
            byte octet = in.getByte(at);
            if (octet == LF) {
                demandCarriageReturn(in, start, at);
                if (scanned >= 3 && in.getByte(at - 2) == LF) {
                    return scanned - 1;
                }
            } else {
                demandText(in, start, at, octet);
            }
        }
        demandShort(in, scanned);
        return -1;
    }

    private void demandShort(ByteBuf in, int length) {
        if (length <= limits.bytes()) {
            return;
        }
        int start = in.readerIndex();
        boolean line = in.indexOf(start, start + limits.bytes(), LF) < 0;
        throw line
                ? new TooLongHttpLineException("a request line of more than " + limits.bytes() + " bytes")
                : new TooLongHttpHeaderException("a head of more than " + limits.bytes() + " bytes");
    }

    private static void demandCarriageReturn(ByteBuf in, int start, int at) {
        if (at == start || in.getByte(at - 1) != CR) {
            throw new MalformedHead("A line ends in LF alone. End each in CR LF.");
        }
    }

    private static void demandText(ByteBuf in, int start, int at, byte octet) {
        if (at > start && in.getByte(at - 1) == CR) {
            throw new MalformedHead("A CR stands within a line.");
        }
        if (octet != CR && octet != '\t' && (octet < ' ' || octet == 0x7f)) {
            throw new MalformedHead("The request's head has a control character or one that is not ASCII.");
        }
    }
}
