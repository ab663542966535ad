package io.weir.orchestration.dialect;

/// What an answer in OpenAI's form says of itself where the provider has no such word.
///
/// @param id when the provider names none
/// @param created seconds since the epoch
public record AnswerIdentity(String id, String model, long created) {}
