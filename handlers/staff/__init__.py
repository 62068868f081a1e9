"""What leaders, the bureau and the owners of plain tasks do."""
