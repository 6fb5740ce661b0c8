"""The pages: each view reads the form, calls one service or query, and renders."""
