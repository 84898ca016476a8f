"""What is predicted of simplification, idea by idea; each file says what simulation its formulas must meet."""
