package io.weir.terraform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the structure of HCL: blocks and attributes, with their expressions as text. The readers that
/// there are evaluate expressions, and what a convention asks is which variable stands there.
final class HclReader {
    private final String text;
    private final String name;
    private int at;

    private HclReader(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static Block read(Path file) throws IOException {
        return read(file.toString(), Files.readString(file));
    }

    /// @throws IllegalStateException with name and line, if it is no HCL
    static Block read(String name, String text) {
        var reader = new HclReader(name, text);
        return reader.body("", List.of(), false);
    }

    private Block body(String type, List<String> labels, boolean inBraces) {
        Map<String, String> attributes = new LinkedHashMap<>();
        List<Block> blocks = new ArrayList<>();
        while (true) {
            skip(true);
            if (at == text.length()) {
                if (inBraces) {
                    throw wrong("a brace is not closed");
                }
                return new Block(type, labels, attributes, blocks);
            }
            if (text.charAt(at) == '}') {
                if (!inBraces) {
                    throw wrong("a brace is closed that was not opened");
                }
                at++;
                return new Block(type, labels, attributes, blocks);
            }
            entry(attributes, blocks);
        }
    }

    private void entry(Map<String, String> attributes, List<Block> blocks) {
        String word = word();
        skip(false);
        if (at < text.length() && text.charAt(at) == '=' && !text.startsWith("==", at)) {
            at++;
            skip(false);
            int from = at;
            expression();
            if (attributes.put(word, text.substring(from, at).strip()) != null) {
                throw wrong(word + " is there twice");
            }
            return;
        }
        List<String> labels = new ArrayList<>();
        while (at < text.length() && text.charAt(at) != '{') {
            if (text.charAt(at) == '"') {
                int from = at;
                string();
                labels.add(text.substring(from + 1, at - 1));
            } else {
                labels.add(word());
            }
            skip(false);
        }
        if (at == text.length()) {
            throw wrong(word + " is neither attribute nor block");
        }
        at++;
        blocks.add(body(word, List.copyOf(labels), true));
    }

    // To the end of the line, brackets, strings and here-documents as wholes.
    private void expression() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                string();
            } else if (text.startsWith("<<", at)) {
                heredoc();
            } else if (c == '#' || text.startsWith("//", at)) {
                if (depth == 0) {
                    return;
                }
                line();
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
                at++;
            } else if (c == ')' || c == ']' || c == '}') {
                if (depth == 0) {
                    return;
                }
                depth--;
                at++;
            } else if (c == '\n' && depth == 0) {
                return;
            } else {
                at++;
            }
        }
    }

    private void string() {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at += 2;
            } else if (text.startsWith("$${", at)) {
                at += 3;
            } else if (text.startsWith("${", at)) {
                at += 2;
                template();
            } else {
                at++;
            }
        }
        if (at >= text.length()) {
            throw wrong("a string is not closed");
        }
        at++;
    }

    private void template() {
        int depth = 1;
        while (depth > 0) {
            if (at >= text.length()) {
                throw wrong("a template is not closed");
            }
            char c = text.charAt(at);
            if (c == '"') {
                string();
                continue;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            at++;
        }
    }

    private void heredoc() {
        at += 2;
        if (text.charAt(at) == '-') {
            at++;
        }
        String end = word();
        do {
            line();
            if (at >= text.length()) {
                throw wrong("a here-document is not closed");
            }
        } while (!text.substring(at, Math.max(at, lineEnd())).strip().equals(end));
        at = lineEnd();
    }

    private String word() {
        int from = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (from == at) {
            throw wrong("a name is missing");
        }
        return text.substring(from, at);
    }

    private void skip(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#' || text.startsWith("//", at)) {
                line();
            } else if (text.startsWith("/*", at)) {
                at = text.indexOf("*/", at) + 2;
            } else if (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n')) {
                at++;
            } else {
                return;
            }
        }
    }

    // Past the end of this line.
    private void line() {
        at = Math.min(text.length(), lineEnd() + 1);
    }

    private int lineEnd() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private IllegalStateException wrong(String what) {
        long line = text.substring(0, Math.min(at, text.length())).lines().count();
        return new IllegalStateException(name + ":" + line + ": " + what);
    }
}
