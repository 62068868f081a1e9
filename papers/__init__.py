"""The papers: spreadsheets read, sheets and documents written."""
