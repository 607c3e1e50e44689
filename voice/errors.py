"""Knows what can go wrong with audio, models and lines."""


class VoiceError(Exception):
    """Base of every error that this package raises; its text names the remedy."""


class AudioFileError(VoiceError):
    """A sound file that cannot be read, or holds no sound."""


class ModelMissing(VoiceError):
    """A model that is not on this machine; names the command that fetches it."""


class ModelCorrupt(VoiceError):
    """A model whose files do not have the published hash."""


class FetchFailed(VoiceError):
    """A model that could not be fetched: no network, wrong archive, no room."""


class ScriptError(VoiceError):
    """A call script that does not say what it means; names file and key."""


class LineError(VoiceError):
    """A line from outside that cannot be opened: a missing library, an address in use, a refused registration."""


class CallerRefused(VoiceError):
    """A peer that may not call, or sends what its protocol does not allow, or not now."""


class TransferRefused(VoiceError):
    """A caller who could not be handed over, and is still on the line."""
