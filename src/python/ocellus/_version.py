"""The version, which is that of the library (tests/python compares them)."""

__version__ = "0.1.0"
