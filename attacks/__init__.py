"""What an adversary does with what left, one module per attack."""
