"""Long calls: on threads, with progress, notes as warnings, and Ctrl-C."""

import ctypes
import threading
import warnings
from typing import Any, Callable, List, Optional, Union

from ._library import NOTE, PROGRESS, WARNING, Cancelled, Handle, Listener, OcellusWarning, call, created, library, text

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
        return progress
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return _Bar(tqdm)


class Job:
    """A job of `threads` threads (0: one for each processor). progress: None, a function of (what, done, total), or
    True for a bar by tqdm, if that is installed."""

    def __init__(self, threads: int = 0, progress: Progress = None):
        self._progress = _listener_of(progress)
        self._notes: List[str] = []
        self._trouble: Optional[BaseException] = None
        listener = Listener()
        if self._progress:
            listener.progress = PROGRESS(self._on_progress)
        listener.note = NOTE(lambda _, message: self._notes.append(text(message)))
        listener.warning = WARNING(lambda _, path, message: self._notes.append(f"{text(path)}: {text(message)}"))
        self._listener = listener  # its functions live as long as the job
        self.handle: Handle = created("job", "oc_job_create", threads, ctypes.byref(listener))

    def _on_progress(self, _: Any, what: bytes, done: int, total: int) -> None:
        try:
            if self._progress and not self._trouble:
                self._progress(text(what), done, total)
        except BaseException as trouble:  # an exception cannot pass through C: run() raises it
            self._trouble = trouble
            library.oc_job_cancel(self.handle)

    def run(self, name: str, *arguments: Any) -> None:
        """Calls a function that returns a status. In the main thread the call runs in another one, so that Ctrl-C
        is noticed: it cancels the work."""
        try:
            if threading.current_thread() is threading.main_thread():
                self._run_aside(name, *arguments)
            else:
                call(name, *arguments)
        except Cancelled:
            raise self._trouble or KeyboardInterrupt from None
        finally:
            if isinstance(self._progress, _Bar):
                self._progress.close()
            notes, self._notes = self._notes, []
            for note in notes:
                warnings.warn(note, OcellusWarning, stacklevel=4)
        if self._trouble:
            raise self._trouble

    def _run_aside(self, name: str, *arguments: Any) -> None:
        done = threading.Event()
        failure: List[BaseException] = []

        def work() -> None:
            try:
                call(name, *arguments)
            except BaseException as trouble:
                failure.append(trouble)
            finally:
                done.set()

        threading.Thread(target=work, name="ocellus", daemon=True).start()
        interrupted = False
        while not done.is_set():
            try:
                done.wait()
            except KeyboardInterrupt:
                interrupted = True
                library.oc_job_cancel(self.handle)
        if interrupted:
            raise KeyboardInterrupt
        if failure:
            raise failure[0]
