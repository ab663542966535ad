package io.weir.local.prove.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One answer of a provider, written as it should be or in some other way. Whoever spoils an answer closes its
/// connection.
final class Spoiling {

    static final String NOT = "as it should be";

    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final int HUGE = 3 << 20;
    private static final int ENDLESS_FRAMES = 20_000;
    private static final int DEEP = 5_000;

    private final SplittableRandom random;
    private final HttpResponse<byte[]> answer;
    private final byte[] body;
    private final OutputStream out;

    Spoiling(SplittableRandom random, HttpResponse<byte[]> answer, byte[] body, OutputStream out) {
        this.random = random;
        this.answer = answer;
        this.body = body;
        this.out = out;
    }

    String nothing() throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.statusCode() + " x\r\n");
        for (String name : List.of("content-type", "x-request-id", "request-id", "retry-after")) {
            answer.headers()
                    .firstValue(name)
                    .ifPresent(value ->
                            head.append(name).append(": ").append(value).append("\r\n"));
        }
        text(head + "content-length: " + body.length + "\r\n\r\n");
        out.write(body);
        return NOT;
    }

    /// Spoils an answer that is no stream.
    String whole() throws IOException {
        String json = new String(body, StandardCharsets.UTF_8);
        return switch (random.nextInt(12)) {
            case 0 -> withLength("cut short", Arrays.copyOf(body, random.nextInt(body.length)), body.length);
            case 1 -> whole("half of the JSON", json.substring(0, json.length() / 2));
            case 2 ->
                whole(
                        "no object",
                        List.of("null", "[]", "\"x\"", "1", "", "{}", "<html>").get(random.nextInt(7)));
            case 3 ->
                whole(
                        "strange usage",
                        json.replaceAll(
                                "(\"(?:prompt_tokens|completion_tokens|input_tokens|output_tokens|promptTokenCount"
                                        + "|candidatesTokenCount|total_tokens)\":) ?[0-9]+",
                                "$1" + number()));
            case 4 ->
                whole("deep JSON", json.replaceFirst("\\{", "{\"deep\":" + "[".repeat(DEEP) + "]".repeat(DEEP) + ","));
            case 5 -> {
                byte[] copy = body.clone();
                copy[random.nextInt(copy.length)] = (byte) 0xff;
                yield withLength("no UTF-8", copy, copy.length);
            }
            case 6 -> {
                text("HTTP/1.1 302 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
                yield "redirected";
            }
            case 7 -> {
                text("HTTP/1.1 200 x\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>");
                yield "a page";
            }
            case 8 -> {
                text("HTTP/1.1 "
                        + List.of("204", "299", "418", "500", "599", "999").get(random.nextInt(6))
                        + " x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
                yield "strange status";
            }
            case 9 -> {
                text("no HTTP at all\r\n\r\n");
                yield "no HTTP";
            }
            case 10 ->
                whole(
                        "values of other types",
                        json.replaceAll("\"choices\":\\[", "\"choices\":[null,7,")
                                .replaceAll("\"content\":\\[", "\"content\":[null,7,")
                                .replaceAll("\"candidates\":\\[", "\"candidates\":[null,7,"));
            default -> "closed without a word";
        };
    }

    /// Spoils an answer that is a stream.
    String stream() throws IOException {
        text("HTTP/1.1 200 x\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");
        List<String> frames = new ArrayList<>(List.of(new String(body, StandardCharsets.UTF_8).split("(?<=\\n\\n)")));
        int middle = random.nextInt(Math.max(1, frames.size()));
        return switch (random.nextInt(16)) {
            case 0 -> {
                write(frames.subList(0, middle));
                yield "stream dropped";
            }
            case 1 -> {
                write(frames.subList(0, middle));
                end();
                yield "stream ended early";
            }
            case 2 -> {
                frames.set(
                        middle,
                        frames.get(middle).substring(0, frames.get(middle).length() / 2) + "\n\n");
                yield written("half a frame", frames);
            }
            case 3 -> {
                frames.add(middle, "data: {{{not json\n\n");
                yield written("no JSON in a frame", frames);
            }
            case 4 -> {
                write(frames.subList(0, middle));
                chunk(new byte[] {'d', 'a', 't', 'a', ':', ' ', '"', (byte) 0xff, (byte) 0xc3, '"', '\n', '\n'});
                yield written("no UTF-8 in a frame", frames.subList(middle, frames.size()));
            }
            case 5 -> {
                frames.add(middle, "data: {\"x\":\"" + "h".repeat(HUGE) + "\"}\n\n");
                yield written("a huge frame", frames);
            }
            case 6 -> {
                frames.replaceAll(frame -> ": comment\r\nid: 7\r\nretry: 1\r\n" + frame.replace("\n", "\r\n"));
                yield written("other line ends", frames);
            }
            case 7 -> {
                frames.add(middle, "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n");
                yield written("an error in the midst", frames.subList(0, middle + 1));
            }
            case 8 -> {
                Collections.swap(frames, middle, random.nextInt(frames.size()));
                yield written("frames swapped", frames);
            }
            case 9 -> {
                frames.add(middle, frames.get(middle));
                yield written("a frame twice", frames);
            }
            case 10 -> endless(frames.get(middle));
            case 11 -> {
                write(frames.subList(0, middle));
                out.flush();
                LockSupport.parkNanos(STALL_NANOS);
                yield "stalled and dropped";
            }
            case 12 -> {
                frames.add(
                        middle,
                        "data: " + List.of("null", "[]", "7", "\"\"", "{}", "").get(random.nextInt(6)) + "\n\n");
                yield written("no object in a frame", frames);
            }
            case 13 -> {
                frames.replaceAll(frame -> frame.replaceAll(
                        "(\"(?:prompt_tokens|completion_tokens|input_tokens|output_tokens|promptTokenCount"
                                + "|candidatesTokenCount)\":) ?[0-9]+",
                        "$1" + number()));
                yield written("strange usage in a stream", frames);
            }
            case 14 -> {
                frames.add(middle, "data: " + "[".repeat(DEEP) + "\n\n");
                yield written("a deep frame", frames);
            }
            default -> {
                for (byte one : String.join("", frames).getBytes(StandardCharsets.UTF_8)) {
                    chunk(new byte[] {one});
                }
                end();
                yield "byte by byte";
            }
        };
    }

    // Bounded here only so that a receiver without a bound does not fill the machine.
    private String endless(String frame) throws IOException {
        for (int i = 0; i < ENDLESS_FRAMES; i++) {
            chunk(frame.getBytes(StandardCharsets.UTF_8));
        }
        return "endless";
    }

    private String number() {
        return List.of("-5", "1e999", "9223372036854775807", "99999999999999999999", "0.5", "\"7\"", "null", "[]")
                .get(random.nextInt(8));
    }

    private String written(String how, List<String> frames) throws IOException {
        write(frames);
        end();
        return how;
    }

    private void write(List<String> frames) throws IOException {
        for (String frame : frames) {
            chunk(frame.getBytes(StandardCharsets.UTF_8));
        }
    }

    private String whole(String how, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return withLength(how, bytes, bytes.length);
    }

    private String withLength(String how, byte[] bytes, int length) throws IOException {
        text("HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: " + length + "\r\n\r\n");
        out.write(bytes);
        return how;
    }

    private void chunk(byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            text(Integer.toHexString(bytes.length) + "\r\n");
            out.write(bytes);
            text("\r\n");
        }
    }

    private void end() throws IOException {
        text("0\r\n\r\n");
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
