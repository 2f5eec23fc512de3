"""A cache with limits: by number, by weight and by time."""

from larder.cache import Cache
from larder.expiry import Expiry
from larder.memo import remember

__all__ = ["Cache", "Expiry", "remember"]
