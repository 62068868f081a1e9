"""What people do: one module per errand, each answering only the person who just spoke."""
