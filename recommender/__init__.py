"""What a device sounds like, and which model to start from."""

from recommender.fingerprint import FINGERPRINT_KEY, fingerprint
from recommender.gain import gain_class

__all__ = ["FINGERPRINT_KEY", "fingerprint", "gain_class"]
