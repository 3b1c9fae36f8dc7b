"""The proofs of `ops/prove`: what is done to a running service, and what must hold afterwards."""
