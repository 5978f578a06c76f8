"""What measures: scores and benchmarks, one file a command."""
