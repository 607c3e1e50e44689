"""Knows what can go wrong before a call begins."""


class VoxcartError(Exception):
    """Base of every error that this package raises; its text names the remedy."""


class ConfigError(VoxcartError):
    """config.toml, or a choice made on the command line, that is not valid; names file and key."""
