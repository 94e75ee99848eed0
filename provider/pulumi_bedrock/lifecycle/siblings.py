"""What the other hosts of a run know. Each `aws.Provider` has a host, and so a process, of its own.

A resource may move from one provider to another, or be renamed by `import_` with another provider. Then one host
deletes what another may still need. So the hosts of one engine share a file in the folder for temporary files, which
holds digests of facts. Each host keeps the file locked while it lives. Who gets the file for itself is the first host:
what the file holds then is of an earlier run.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, a host knows only what it has seen itself
    fcntl = None  # type: ignore[assignment]

__all__ = ["Siblings"]


class Siblings:
    """The hosts of one engine.

    :param run: What names the run: the engine's address. Without one, as in a test, there are no other hosts.
    :param folder: Where the file is.
    """

    def __init__(self, run: str | None = None, folder: Path | None = None) -> None:
        self._lock = Lock()
        self._file: int | None = None
        if run and fcntl:
            with suppress(OSError):  # without the file, the host knows only what it has seen itself
                self._file = _joined(folder or _private_folder(), run.replace(":", "-"))

    def tell(self, fact: str, *, holds: bool = True) -> None:
        """Tell the other hosts whether a fact holds."""
        if self._file is not None:
            line = f"{'+' if holds else '-'} {os.getpid()} {_digest(fact)}\n"
            with self._lock, suppress(OSError):
                os.write(self._file, line.encode())  # one write to a file opened for appending: no lines mix

    def say(self, fact: str) -> bool:
        """Return whether another host has told that a fact holds."""
        if self._file is None:
            return False
        with self._lock:
            text = os.pread(self._file, os.fstat(self._file).st_size, 0).decode()
        newest = {int(pid): sign for sign, pid in re.findall(rf"^([+-]) (\d+) {_digest(fact)}$", text, re.MULTILINE)}
        return any(sign == "+" for pid, sign in newest.items() if pid != os.getpid())


def _joined(folder: Path, name: str) -> int:
    """Return the file of a run, open and locked. The first host empties it, and removes those of runs that are over."""
    path = folder / name
    while True:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        if _is_ours_alone(file):
            os.ftruncate(file, 0)
            _remove_old(folder, keep=name)
        fcntl.flock(file, fcntl.LOCK_SH)
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(file).st_ino:
                return file
        os.close(file)  # the first host of another run has just removed it


def _remove_old(folder: Path, *, keep: str) -> None:
    for path in folder.iterdir():
        if path.name != keep:
            with suppress(OSError):
                file = os.open(path, os.O_RDWR)
                if _is_ours_alone(file):
                    path.unlink()
                os.close(file)


def _is_ours_alone(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _private_folder() -> Path:
    """Return a folder that nobody else can write to.

    :raises OSError: when somebody else has made it.
    """
    folder = Path(tempfile.gettempdir()) / f"pulumi-bedrock-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} isn't this user's own")
    return folder


def _digest(fact: str) -> str:
    return sha256(fact.encode()).hexdigest()[:32]
