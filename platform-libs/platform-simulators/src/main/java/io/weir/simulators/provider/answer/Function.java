package io.weir.simulators.provider.answer;

import tools.jackson.databind.JsonNode;

/// A tool that the model may call.
///
/// @param parameters the JSON schema of its arguments; missing when it takes none
public record Function(String name, JsonNode parameters) {}
