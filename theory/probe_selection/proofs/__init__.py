"""The proofs of probe selection."""
