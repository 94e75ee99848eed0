"""Let the dynamic host run more than four calls at a time.

Pulumi's Python host serves its calls from a pool of four threads, and has no setting for it: four deployments that
wait block the create of the fifth. A waiting thread costs almost nothing, so the pool is widened from inside. Only the
pool's size is changed. A host of another build isn't changed, and then serves four calls at a time.
"""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

__all__ = ["MAX_WORKERS", "widen_thread_pool"]

MAX_WORKERS = 1024
"""Threads that the pool may have. It starts one only when a call needs it; `--parallel` limits the calls."""


def widen_thread_pool(max_workers: int = MAX_WORKERS) -> bool:
    """Widen the pool of the current thread. Return False when there is none, or it isn't as expected."""
    here = threading.current_thread()
    for pool in (found for found in gc.get_objects() if type(found) is ThreadPoolExecutor):
        threads, most = getattr(pool, "_threads", ()), getattr(pool, "_max_workers", None)
        if here in threads and isinstance(most, int):
            pool._max_workers = max(most, max_workers)
            return True
    return False
