package io.weir.analytics.ingestion;

import java.time.Duration;

/// A topic and how it is read.
///
/// @param name full name
/// @param group consumer group; its offsets' metadata belongs to us
/// @param chunkRecords the most records of one partition in one chunk
/// @param linger how long records are collected before they are written
public record IngestionTopic(String name, String group, int chunkRecords, Duration linger) {}
