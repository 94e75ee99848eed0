"""Lets the dynamic host do more than four things at a time.

Pulumi's Python host serves its calls from a pool of four threads, with no setting for it: four deployments that wait
keep the fifth from being created. A wait costs a thread almost nothing, so the pool is widened from inside. Nothing but
the pool's size is touched, and a host of another build is left as it is: then four at a time is what there is.
"""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

__all__ = ["WIDTH", "widen"]

WIDTH = 1024
"""Threads that the pool may have. It makes one only when a call needs it; how many do is for `--parallel` to say."""


def widen(width: int = WIDTH) -> bool:
    """Widens the pool that the current thread belongs to. False where there is none, or it isn't as expected."""
    here = threading.current_thread()
    for pool in (found for found in gc.get_objects() if type(found) is ThreadPoolExecutor):
        threads, most = getattr(pool, "_threads", ()), getattr(pool, "_max_workers", None)
        if here in threads and isinstance(most, int):
            pool._max_workers = max(most, width)
            return True
    return False
