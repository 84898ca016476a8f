"""What ``python -m theory`` does, one file a word: ``run(options)`` returns the exit code, or raises for bad input."""
