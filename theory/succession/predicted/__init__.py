"""What is predicted of succession, idea by idea."""
