"""What is predicted of goal_drift, idea by idea; each file says what simulation its formulas must meet."""
