"""What an operator looks at: health, figures, and the auditor that looks by itself."""
