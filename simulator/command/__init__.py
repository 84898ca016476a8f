"""What ``python -m simulator`` does, one module a command."""
