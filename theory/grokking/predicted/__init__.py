"""What is predicted of grokking, idea by idea; each file says what simulation its formulas must meet."""
