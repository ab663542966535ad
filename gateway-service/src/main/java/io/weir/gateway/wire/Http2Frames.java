package io.weir.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;

/// Tells from the bytes that a client sends over HTTP/2 what has begun and what has ended. Netty's codec tells of whole
/// frames alone, and a frame may be long in coming. Keeps nothing of the content. For one connection, in its event
/// loop.
final class Http2Frames {

    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;

    /// Who is told.
    interface Reader {

        /// The head of a request, or of its trailers, has come.
        ///
        /// @param last whether nothing follows
        void head(int stream, boolean last);

        /// Bytes of a body have come, possibly none, possibly of part of a frame.
        ///
        /// @return whether they belong to something that is awaited
        boolean data(int stream, int bytes, boolean last);

        /// The client gave it up.
        void reset(int stream);
    }

    private final Reader reader;
    private final ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    private final byte[] header = new byte[HEADER];
    private int headerRead;
    private int left;
    private int openBlock;
    private boolean openBlockIsLast;
    private boolean unawaited;
    private long ended;
    private boolean foreign;

    Http2Frames(Reader reader) {
        this.reader = reader;
    }

    /// Looks at bytes, and leaves them as they are.
    void look(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && preface.isReadable() && !foreign) {
            foreign = bytes.getByte(at++) != preface.readByte();
        }
        while (at < end && !foreign) {
            at = headerRead < HEADER ? header(bytes, at, end) : payload(at, end);
        }
    }

    private int header(ByteBuf bytes, int from, int end) {
        int taken = Math.min(HEADER - headerRead, end - from);
        bytes.getBytes(from, header, headerRead, taken);
        headerRead += taken;
        if (headerRead == HEADER) {
            left = (header[0] & 0xFF) << 16 | (header[1] & 0xFF) << 8 | (header[2] & 0xFF);
            unawaited = type() == Http2FrameTypes.DATA && !reader.data(stream(), 0, false);
            if (left == 0) {
                end();
            }
        }
        return from + taken;
    }

    private int payload(int from, int end) {
        int taken = Math.min(left, end - from);
        left -= taken;
        if (type() == Http2FrameTypes.DATA) {
            unawaited = !reader.data(stream(), taken, false);
        }
        if (left == 0) {
            end();
        }
        return from + taken;
    }

    private int type() {
        return header[3];
    }

    private boolean has(int flag) {
        return (header[4] & flag) != 0;
    }

    private int stream() {
        return (header[5] & 0x7F) << 24 | (header[6] & 0xFF) << 16 | (header[7] & 0xFF) << 8 | (header[8] & 0xFF);
    }

    private void end() {
        ended++;
        headerRead = 0;
        switch (type()) {
            case Http2FrameTypes.DATA -> reader.data(stream(), 0, has(Http2Flags.END_STREAM));
            case Http2FrameTypes.RST_STREAM -> reader.reset(stream());
            case Http2FrameTypes.HEADERS -> {
                openBlock = stream();
                openBlockIsLast = has(Http2Flags.END_STREAM);
                endBlock();
            }
            case Http2FrameTypes.CONTINUATION -> endBlock();
            default -> {
                // Of the connection, or of no weight.
            }
        }
    }

    private void endBlock() {
        if (has(Http2Flags.END_HEADERS) && openBlock != 0) {
            int stream = openBlock;
            openBlock = 0;
            reader.head(stream, openBlockIsLast);
        }
    }

    /// Whether something has begun, besides awaited bodies, whose end has not come. Until it has, nothing else can.
    boolean isWithin() {
        boolean inFrame = headerRead > 0 && (headerRead < HEADER || type() != Http2FrameTypes.DATA || unawaited);
        boolean inPreface = preface.readerIndex() > 0 && preface.isReadable();
        return !foreign && (inFrame || inPreface || openBlock != 0);
    }

    /// Whether a frame of that stream's body has begun, without whose end nothing else can come.
    boolean isWithinBody(int stream) {
        return headerRead == HEADER && type() == Http2FrameTypes.DATA && stream() == stream;
    }

    /// Another one after each end of what [#isWithin] tells of: all frames of a head have one.
    long place() {
        return openBlock == 0 ? ended : -openBlock;
    }
}
