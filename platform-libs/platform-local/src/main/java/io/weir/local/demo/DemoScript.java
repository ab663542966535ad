package io.weir.local.demo;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who the three customers are and what they ask. The same seed asks the same.
final class DemoScript {

    /// A customer before it is provisioned.
    ///
    /// @param subjects what its prompts are about
    record Role(String name, String plan, BigDecimal monthlyCap, ZoneId zone, List<String> subjects) {}

    /// A prompt whose `%s` is one of the customer's subjects.
    ///
    /// @param paper whether the document itself is attached
    private record Task(String about, String prompt, boolean paper, int outputLimit) {}

    static final List<Role> ROLES = List.of(
            new Role(
                    "Harbor Law",
                    "starter",
                    new BigDecimal("100"),
                    ZoneId.of("Europe/Berlin"),
                    List.of(
                            "the charter party of the Elbe Trader",
                            "a claim for demurrage at Rotterdam",
                            "the lease of the old customs house",
                            "a salvage contract on Lloyd's open form")),
            new Role(
                    "Northwind Health",
                    "growth",
                    new BigDecimal("2000"),
                    ZoneId.of("America/New_York"),
                    List.of(
                            "the discharge letter of ward four",
                            "the opening hours of the eye clinic",
                            "a complaint about waiting times",
                            "the consent form for a knee operation")),
            new Role(
                    "Meridian Bank",
                    "enterprise",
                    new BigDecimal("50000"),
                    ZoneId.of("Asia/Singapore"),
                    List.of(
                            "the quarterly letter to shareholders",
                            "a card payment that was charged twice",
                            "the liquidity report of the Asian desks",
                            "the terms of a syndicated loan")));

    private static final Task CLASSIFY =
            new Task("classification", "Classify the tone of %s as formal, friendly or angry.", false, 64);
    private static final Task TRANSLATE =
            new Task("translation", "Translate the first page of %s into Spanish.", false, 512);
    private static final Task SUMMARISE =
            new Task("summary", "Summarise %s for a manager who has two minutes to read it.", true, 512);
    private static final Task EXTRACT =
            new Task("extraction", "Extract every date and amount from %s as a list.", true, 512);
    private static final Task CODE =
            new Task("code", "Write a function that checks %s for missing fields, with tests.", false, 1_024);
    private static final Task WRITE =
            new Task("writing", "Write an article that explains %s to the public.", true, 2_048);
    private static final Task ASK = new Task("question", "What should we look out for in %s?", true, 512);

    private static final List<String> MODELS =
            List.of("gpt-4o", "claude-haiku-4-5", "gemini-2.5-pro", "gpt-5.2", "claude-sonnet-4-5", "claude-opus-4-6");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SplittableRandom random;

    DemoScript(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// Asked once for each role, in their order.
    List<PlannedCall> calls(Role role) {
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(call("plain", role, ASK, anyModel()));
        calls.add(call("plain", role, SUMMARISE, anyModel()));
        calls.add(call("stream", role, TRANSLATE, anyModel()));
        calls.add(call("stream", role, WRITE, anyModel()));
        calls.add(toolCall(role, anyModel()));
        for (Task task : List.of(CLASSIFY, EXTRACT, SUMMARISE, CODE, WRITE)) {
            calls.add(call("auto", role, task, "auto"));
        }
        return calls;
    }

    private PlannedCall call(String kind, Role role, Task task, String model) {
        String subject = subject(role);
        String prompt = task.prompt().formatted(subject) + (task.paper() ? "\n\n" + Paper.about(subject, random) : "");
        ObjectNode body = body(model, prompt, task.outputLimit());
        if (kind.equals("stream")) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        return new PlannedCall(kind, task.about(), model, body);
    }

    private PlannedCall toolCall(Role role, String model) {
        ObjectNode body = body(model, "Open a case about " + subject(role) + ".", 256);
        ObjectNode function =
                body.putArray("tools").addObject().put("type", "function").putObject("function");
        function.put("name", "open_case").put("description", "Opens a case and returns its number.");
        ObjectNode parameters = function.putObject("parameters").put("type", "object");
        parameters.putObject("properties").putObject("subject").put("type", "string");
        parameters.putArray("required").add("subject");
        body.put("tool_choice", "required");
        return new PlannedCall("tool", "open_case()", model, body);
    }

    private static ObjectNode body(String model, String prompt, int outputLimit) {
        ObjectNode body = JSON.createObjectNode().put("model", model).put("max_tokens", outputLimit);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        return body;
    }

    private String subject(Role role) {
        return role.subjects().get(random.nextInt(role.subjects().size()));
    }

    private String anyModel() {
        return MODELS.get(random.nextInt(MODELS.size()));
    }
}
