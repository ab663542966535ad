package io.weir.local.testrun;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// What Surefire wrote of one test class.
///
/// @param module  the directory of the Maven module, relative to the checkout
/// @param notRun  the skipped tests, each with the reason that it gives
/// @param causes  of each failed test what it says, and what was logged as an error while it ran
record SuiteReport(String module, String name, int tests, int failed, List<String> notRun, List<String> causes) {

    private static final int LONGEST_LINE = 1_500;
    private static final int MOST_LINES = 5;

    /// The reports below `home` that were written since `begin`.
    static List<SuiteReport> since(Path home, Instant begin) throws IOException {
        List<SuiteReport> reports = new ArrayList<>();
        try (Stream<Path> files = Files.find(
                home,
                6,
                (path, attributes) -> isReport(path)
                        && attributes.lastModifiedTime().toInstant().isAfter(begin))) {
            for (Path file : files.sorted().toList()) {
                reports.add(read(home, file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return reports;
    }

    private static boolean isReport(Path path) {
        return path.toString().contains("/target/surefire-reports/TEST-")
                && path.toString().endsWith(".xml");
    }

    private static SuiteReport read(Path home, Path file) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        String module = home.relativize(file).toString().replaceAll("/target/.*", "");
        try (InputStream in = Files.newInputStream(file)) {
            return read(module, factory.createXMLStreamReader(in));
        } catch (XMLStreamException e) {
            throw new IOException(file + " is not a test report", e);
        }
    }

    private static SuiteReport read(String module, XMLStreamReader xml) throws XMLStreamException {
        String name = "";
        int tests = 0;
        int failed = 0;
        String testCase = "";
        boolean broken = false;
        List<String> notRun = new ArrayList<>();
        List<String> causes = new ArrayList<>();
        while (xml.hasNext()) {
            if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            switch (xml.getLocalName()) {
                case "testsuite" -> {
                    name = text(xml, "name");
                    tests = number(xml, "tests");
                    failed = number(xml, "failures") + number(xml, "errors");
                }
                case "testcase" -> {
                    testCase = text(xml, "classname") + "." + text(xml, "name");
                    broken = false;
                }
                case "failure", "error" -> {
                    broken = true;
                    causes.add(cut(testCase + ": " + text(xml, "message")));
                }
                case "system-out", "system-err" -> {
                    if (broken) {
                        causes.addAll(loggedErrors(xml.getElementText()));
                    }
                }
                case "skipped" -> notRun.add(testCase + ": " + text(xml, "message"));
                default -> {
                    // times
                }
            }
        }
        return new SuiteReport(module, name, tests, failed, List.copyOf(notRun), List.copyOf(causes));
    }

    // Of a service: JSON; of anything else: the console's pattern.
    private static List<String> loggedErrors(String output) {
        return output.lines()
                .filter(line -> line.contains("\"level\":\"ERROR\"") || line.contains(" ERROR "))
                .limit(MOST_LINES)
                .map(line -> "    " + cut(line))
                .toList();
    }

    private static String cut(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + " ...";
    }

    private static String text(XMLStreamReader xml, String attribute) {
        @Nullable String value = xml.getAttributeValue(null, attribute);
        return value == null ? "" : value;
    }

    private static int number(XMLStreamReader xml, String attribute) {
        String value = text(xml, attribute);
        return value.isEmpty() ? 0 : Integer.parseInt(value);
    }
}
