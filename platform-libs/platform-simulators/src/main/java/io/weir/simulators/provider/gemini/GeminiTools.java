package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Function;
import io.weir.simulators.provider.answer.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `tools` and `toolConfig`: function declarations and which of them to call.
final class GeminiTools {

    private static final Set<String> TOOL =
            Set.of("functionDeclarations", "googleSearch", "codeExecution", "urlContext");
    private static final Set<String> DECLARATION = Set.of(
            "name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior");

    private GeminiTools() {}

    static List<Function> functions(JsonNode tools) {
        if (!tools.isMissingNode() && !tools.isArray()) {
            throw GeminiException.invalid("Invalid value at 'tools': " + tools);
        }
        List<Function> functions = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            GeminiFields tool = new GeminiFields(tools.path(i), "tools[" + i + "]").knowing(TOOL);
            JsonNode declared = tool.object().path("functionDeclarations");
            for (int j = 0; j < declared.size(); j++) {
                functions.add(function(
                        new GeminiFields(declared.path(j), "tools[" + i + "].function_declarations[" + j + "]")));
            }
        }
        return functions;
    }

    private static Function function(GeminiFields declaration) {
        declaration.knowing(DECLARATION);
        String name = declaration.text("name", "");
        if (!name.matches("[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")) {
            throw GeminiException.invalid("* GenerateContentRequest." + declaration.at()
                    + ".name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric"
                    + " (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length"
                    + " of 128.");
        }
        JsonNode parameters = declaration.object().path("parameters");
        JsonNode jsonSchema = declaration.object().path("parametersJsonSchema");
        if (parameters.isMissingNode()) {
            return new Function(name, jsonSchema);
        }
        if (!jsonSchema.isMissingNode()) {
            throw GeminiException.invalid("`parameters` and `parametersJsonSchema` are mutually exclusive");
        }
        return new Function(name, GeminiSchema.checked(parameters, declaration.at() + ".parameters"));
    }

    static ToolChoice choice(GeminiFields config, List<Function> functions) {
        GeminiFields calling = config.knowing(Set.of("functionCallingConfig", "retrievalConfig"))
                .inside("functionCallingConfig")
                .knowing(Set.of("mode", "allowedFunctionNames"));
        JsonNode allowed = calling.object().path("allowedFunctionNames");
        String mode = calling.text("mode", "AUTO");
        if (!allowed.isEmpty() && !mode.equals("ANY") && !mode.equals("VALIDATED")) {
            throw GeminiException.invalid(
                    "Function calling config is set with allowed_function_names but the mode is not ANY.");
        }
        for (JsonNode name : allowed.values()) {
            if (functions.stream().noneMatch(function -> function.name().equals(name.asString("")))) {
                throw GeminiException.invalid("Function " + name + " in allowed_function_names is not declared");
            }
        }
        return switch (mode) {
            case "AUTO", "VALIDATED", "MODE_UNSPECIFIED" ->
                functions.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
            case "NONE" -> new ToolChoice.None();
            case "ANY" -> forced(allowed, functions);
            default -> throw calling.wrongValue("mode", calling.object().path("mode"));
        };
    }

    private static ToolChoice forced(JsonNode allowed, List<Function> functions) {
        if (functions.isEmpty()) {
            throw GeminiException.invalid("Function calling config is set without function_declarations.");
        }
        return allowed.isEmpty()
                ? new ToolChoice.Required()
                : new ToolChoice.Named(allowed.path(0).stringValue());
    }
}
