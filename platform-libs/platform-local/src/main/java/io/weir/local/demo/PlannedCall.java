package io.weir.local.demo;

import tools.jackson.databind.JsonNode;

/// A call that the script asks for.
///
/// @param kind what it shows: `plain`, `stream`, `auto` or `tool`
/// @param about in a word or two, for people
/// @param model as the caller names it
/// @param body of the chat completion
record PlannedCall(String kind, String about, String model, JsonNode body) {}
