"""The line itself: joins voice, nlu and commerce into a conversation. The only package that knows the other three."""

__version__ = "0.1.0"
