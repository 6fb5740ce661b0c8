"""The office's own books: handover, keys, handbook, inspection, surveys, complaint box, notices."""
