"""What can be done before it leaves, one module per defence."""
