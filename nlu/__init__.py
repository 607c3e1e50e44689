"""Text in, meaning out. Knows no audio, no money and no database."""
