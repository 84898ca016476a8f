"""The predictions of crystallization, by what they are about."""
