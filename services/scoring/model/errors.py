"""What training, loading and reading files may refuse, in sentences for the operator."""

from __future__ import annotations


class ModelError(Exception):
    """The value model could not do what was asked."""


class TrainingRefused(ModelError):
    """There is not enough history to train a value model."""


class ArtefactRefused(ModelError):
    """A model artefact is damaged, unsigned or of an unknown format."""


class FileRefused(ModelError):
    """A file of transactions cannot be read."""


class BaselineUnavailable(ModelError):
    """A plain score cannot be computed from these customers; the sentence says why."""
