package io.weir.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/// Looks at the first byte of a connection to the port for TLS. Who speaks plain HTTP there is told so; who
/// speaks anything else is left without an answer. The first handler of its connection.
final class TlsOnly extends ChannelInboundHandlerAdapter {

    private static final int HANDSHAKE = 22;
    private static final String BODY = "This port takes TLS alone. Use https://.\n";
    private static final byte[] ANSWER = ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: "
                    + BODY.length() + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                    + "Connection: close\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    private boolean refused;

    // Who closes a connection does not wait for it.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (refused || !(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
            ReferenceCountUtil.release(message);
            return;
        }
        int first = bytes.getUnsignedByte(bytes.readerIndex());
        if (first == HANDSHAKE) {
            context.pipeline().remove(this);
            context.fireChannelRead(message);
            return;
        }
        refused = true;
        ReferenceCountUtil.release(message);
        if (first >= 'A' && first <= 'Z') {
            context.writeAndFlush(Unpooled.wrappedBuffer(ANSWER)).addListener(ChannelFutureListener.CLOSE);
        } else {
            context.close();
        }
    }
}
