"""Long calls: on threads, with progress, notes as warnings, and Ctrl-C."""

import ctypes
import importlib
import operator
import threading
from typing import Any, Callable, List, Optional, Tuple, Union

from ._library import (
    NOTE,
    PROGRESS,
    WARNING,
    Cancelled,
    Handle,
    InvalidValue,
    Listener,
    call,
    created,
    library,
    text,
    warn,
)

MAX_THREADS = 256
Progress = Union[None, bool, Callable[[str, int, int], None]]


class _Bar:
    """Progress by tqdm: a bar for each kind of work."""

    def __init__(self, tqdm: Any):
        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._bar is None or self._bar.desc != what:
            self.close()
            self._bar = self._tqdm(total=total or None, desc=what)
            self._bar.desc = what
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _listener_of(progress: Progress) -> Optional[Callable[[str, int, int], None]]:
    if progress is None or progress is False:
        return None
    if progress is not True:
        if not callable(progress):
            raise TypeError(f"progress={progress!r}: None, True or a function of (what, done, total) is needed")
        return progress
    try:
        tqdm = importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        return None
    return _Bar(tqdm)


def _count_of(threads: Any) -> int:
    try:
        count = operator.index(threads)
    except TypeError:
        count = -1
    if not 0 <= count <= MAX_THREADS:
        raise InvalidValue(
            f"threads={threads!r}: a whole number from 1 to {MAX_THREADS}, or 0 for one for each processor, is needed"
        )
    return count


class _Events:
    """What the library's listener calls: progress goes to a function, notes are collected."""

    def __init__(self, progress: Progress):
        self.progress = _listener_of(progress)
        self.notes: List[str] = []
        self.trouble: Optional[BaseException] = None
        self.job: Optional[Handle] = None

    def on_progress(self, _: Any, what: bytes, done: int, total: int) -> None:
        try:
            if self.progress and not self.trouble:
                self.progress(text(what), done, total)
        except BaseException as trouble:  # an exception cannot pass through C: run() raises it
            self.trouble = trouble
            library.oc_job_cancel(self.job)

    def on_note(self, _: Any, message: bytes) -> None:
        self.notes.append(text(message))

    def on_warning(self, _: Any, path: bytes, message: bytes) -> None:
        self.notes.append(f"{text(path)}: {text(message)}")

    def end(self) -> None:
        """Warns of the notes, at the caller's line."""
        if isinstance(self.progress, _Bar):
            self.progress.close()
        notes, self.notes = self.notes, []
        for note in notes:
            warn(note)


class Job:
    """A job of `threads` threads (0: one for each processor). progress: None, a function of (what, done, total), or
    True for a bar by tqdm, if that is installed."""

    def __init__(self, threads: int = 0, progress: Progress = None):
        self._events = events = _Events(progress)
        listener = Listener(note=NOTE(events.on_note), warning=WARNING(events.on_warning))
        if events.progress:
            listener.progress = PROGRESS(events.on_progress)
        self._listener = listener  # its functions live as long as the job
        self.handle: Handle = created("job", "oc_job_create", _count_of(threads), ctypes.byref(listener))
        events.job = self.handle

    def run(self, name: str, *arguments: Any) -> None:
        """Calls a function that returns a status. In the main thread the call runs in another one, so that Ctrl-C
        is noticed: it cancels the work."""
        try:
            if threading.current_thread() is threading.main_thread():
                self._run_aside(name, *arguments)
            else:
                call(name, *arguments)
        except Cancelled:
            raise self._events.trouble or KeyboardInterrupt() from None
        finally:
            self._events.end()
        if self._events.trouble:
            raise self._events.trouble

    def _run_aside(self, name: str, *arguments: Any) -> None:
        done = threading.Event()
        failure: List[BaseException] = []
        work = threading.Thread(target=self._work, args=(name, arguments, failure, done), name="ocellus", daemon=True)
        try:
            work.start()
        except BaseException:
            library.oc_job_cancel(self.handle)
            raise
        trouble: Optional[BaseException] = None
        while not done.is_set():
            try:
                done.wait()
            except BaseException as error:  # KeyboardInterrupt, or what a program's own signal handler raised
                trouble = error
                library.oc_job_cancel(self.handle)
        if trouble:
            raise trouble
        if failure:
            raise failure[0]

    def _work(
        self, name: str, arguments: Tuple[Any, ...], failure: List[BaseException], done: threading.Event
    ) -> None:
        """The thread holds the job and all arguments, so that they live until the call ends, whatever the main thread
        does meanwhile."""
        try:
            call(name, *arguments)
        except BaseException as trouble:
            failure.append(trouble)
        finally:
            done.set()
