"""Run the product over a simulated world week after week; hold its numbers to the truth."""
