"""Scripts that wrote the docx templates in papers/docx/."""
