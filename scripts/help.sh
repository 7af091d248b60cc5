#!/usr/bin/env bash
# What ./streams can do, without setting anything up.
cat << 'TEXT'
Usage: ./streams VERB [options]

  up [--engine kafka] [--demo off]   start the whole stack, show endpoints and live staleness; Ctrl-C stops it
  test [filter]                      build everything, run every test project; filter = part of a test's full name
  soak --minutes N --seed S          writers, readers and faults for N minutes, then compare every cached value with its row
  run SERVICE                        one service against servers that are there:
                                     ingest-api, stream-processors, invalidation-sink, analytics-sink, registry
  setup                              only set up: system packages, package feed, native library, jars, build
  help                               this text; any other verb is answered by the program itself (./streams VERB --help)

Every verb sets up first what is missing and says what it does; the second time that takes a moment.

  STREAMS_FEED=full|partial          which packages to build with, instead of asking the feed (feed/README.md)
  STREAMS_CONFIGURATION=Debug        build configuration; Release unless given
TEXT
