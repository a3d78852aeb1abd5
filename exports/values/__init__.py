"""What a cell is: one spelling per value, one type per column, an order, and what counts as missing."""
