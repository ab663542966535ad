package io.weir.orchestration.batch;

/// Lines of a batch's file that one worker runs.
///
/// @param number counts from 0
/// @param firstLine counts from 1
/// @param startByte where its first line begins
/// @param endByte where the line after its last one begins
record Chunk(int number, int firstLine, long startByte, long endByte) {}
