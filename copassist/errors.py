"""Every error this product raises on purpose, and who reads it.

::

    CopassistError                  one line for the person, ending in what to do; exit code 1
    ├── UsageError                  the command was called wrongly; exit code 2
    │   └── InputError              what was typed, at the page or in a command, cannot be used
    ├── SettingsError               a COPASSIST_* value that cannot be used
    ├── OutputError                 a file that was asked for cannot be written
    │   └── OverwriteError          something is there already, and was not to be replaced
    ├── PromptError                 a file of prompts/ that is missing, or has the wrong variables
    ├── FormatsError                an entry of data/formats.json that contradicts itself
    ├── AgendaError                 a change that an agenda cannot take
    ├── LibraryError                the library as a whole
    │   ├── LibraryUnwritableError  its folder cannot be written
    │   ├── LibraryBusyError        another process is writing to it
    │   ├── LibraryDamagedError     a file of it is not what it should be
    │   │   └── BackupError         nor is a backup of it
    │   ├── SyncRefusedError        a folder lacks too much of it to be believed
    │   ├── ModelMismatchError      it was made with another embedding model
    │   ├── DocumentNotFoundError   no document by that name or id
    │   └── LineNotFoundError       no line of the register by that id
    ├── QuestionsError              a file of questions, or a saved run of them, that is not one
    ├── ModelError                  an embedding or chat model that cannot be had or does not answer
    │   ├── ModelUnknownError       no model by that name
    │   ├── ModelMissingError       it has not been pulled to this machine
    │   ├── ModelKeyError           the server of a chat model refuses the key
    │   ├── ModelUnreachableError   or does not answer
    │   ├── ModelFetchError         pulling it did not work
    │   ├── ModelDamagedError       its file is not what it should be
    │   └── ModelForbiddenError     a test tried to reach a real model
    ├── PageError                   the page cannot be served: its port is taken
    │   └── PageAddressError        or its address is not to be had
    └── UnreadableError             one file, not the run: it goes on the list of failures
        ├── MissingFileError        no such file or folder
        ├── ForbiddenError          a file or folder that may not be read
        ├── UnknownTypeError        nothing here reads this type
        ├── EmptyFileError          readable, and without any text
        ├── DamagedFileError        not what its name says, or broken
        ├── ProtectedFileError      encrypted or behind a password
        ├── ImageOnlyError          pictures of text, and no OCR to read them
        ├── ConverterMissingError   an old format, and no LibreOffice to convert it
        ├── TooLargeError           over a limit of the settings (size, members, memory)
        └── TooSlowError            over the time limit of the settings

The words are not here: each class names a key of ``data/words.<language>.toml``, where a
``reason`` says what happened and a ``hint`` what to do about it.
"""

from __future__ import annotations

from typing import ClassVar

from copassist.words import DEFAULT_LANGUAGE, words


class CopassistError(Exception):
    """Base of the tree. Read by the person at the command line or the page.

    ``values`` fill the placeholders of the message; they are kept so that the same error can
    be told in either language.
    """

    key: ClassVar[str] = "unexpected"
    exit_code: ClassVar[int] = 1

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        # Parsing happens in worker processes, so errors travel between processes.
        return (_rebuild, (type(self), self.values))

    def reason(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What happened, in one sentence of ``language``."""
        return words(language)(f"errors.{self.key}.reason", **self.values)

    def hint(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What the person can do about it, in one sentence of ``language``."""
        return words(language)(f"errors.{self.key}.hint", **self.values)

    def describe(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Reason and hint on one line."""
        return f"{self.reason(language)} {self.hint(language)}"

    def __str__(self) -> str:
        return self.describe()


def first_line(error: BaseException) -> str:
    """What an error of a library says in its first line; its name where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _rebuild(kind: type[CopassistError], values: dict[str, object]) -> CopassistError:
    return kind(**values)


class UsageError(CopassistError):
    """``problem``: what is wrong with the call, in the person's language."""

    key = "usage"
    exit_code = 2


class InputError(UsageError):
    """``problem``: why what a person typed cannot be used, in their language."""

    key = "input"


class SettingsError(CopassistError):
    """``name``, ``value``, ``problem`` (a key below ``settings.`` of the words), and what that
    text wants: ``known`` values."""

    key = "settings"

    def reason(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What happened, the problem told in ``language`` too."""
        say = words(language)
        problem = str(self.values.get("problem"))
        if f"settings.{problem}" in say.texts:
            problem = say(f"settings.{problem}", **self.values | {"problem": problem})
        return say(f"errors.{self.key}.reason", **(self.values | {"problem": problem}))


class OutputError(CopassistError):
    """``path``."""

    key = "output"


class OverwriteError(OutputError):
    """``path``."""

    key = "overwrite"


class PromptError(CopassistError):
    """``path``, ``problem``."""

    key = "prompt"


class FormatsError(CopassistError):
    """``format``: its id; ``problem``."""

    key = "formats"


class AgendaError(CopassistError):
    """``problem``: why the change cannot be made, in the person's language."""

    key = "agenda"


class LibraryError(CopassistError):
    """``path``, ``problem``."""

    key = "library"


class LibraryUnwritableError(LibraryError):
    """``path``."""

    key = "library_unwritable"


class LibraryBusyError(LibraryError):
    """``path``, ``seconds`` waited."""

    key = "library_busy"


class LibraryDamagedError(LibraryError):
    """``path``, ``problem``."""

    key = "library_damaged"


class BackupError(LibraryDamagedError):
    """``path``; ``problem`` for the logs."""

    key = "backup"


class SyncRefusedError(LibraryError):
    """``count`` documents of ``total`` would be removed, more than ``percent`` of them."""

    key = "sync_refused"


class ModelMismatchError(LibraryError):
    """``stored`` and ``wanted``: names of embedding models."""

    key = "model_mismatch"


class DocumentNotFoundError(LibraryError):
    """``name``: what was asked for."""

    key = "document_not_found"


class LineNotFoundError(LibraryError):
    """``name``: the id of a line of the register that was asked for."""

    key = "line_not_found"


class QuestionsError(CopassistError):
    """``path``, ``line`` (0 where the whole file is meant), ``problem``."""

    key = "questions"


class ModelError(CopassistError):
    """``name``, ``problem``."""

    key = "model"


class ModelUnknownError(ModelError):
    """``name``."""

    key = "model_unknown"


class ModelMissingError(ModelError):
    """``name``."""

    key = "model_missing"


class ModelKeyError(ModelError):
    """``name``. The server of a chat model refuses the key."""

    key = "model_key"


class ModelUnreachableError(ModelError):
    """``name``, ``place``: the server of a chat model that nobody answers for."""

    key = "model_unreachable"


class ModelFetchError(ModelError):
    """``name``, ``problem``."""

    key = "model_fetch"


class ModelDamagedError(ModelError):
    """``name``."""

    key = "model_damaged"


class ModelForbiddenError(ModelError):
    """``name``. Read by developers: ``chatmodels.ALLOW_MODEL_REQUESTS`` is off."""

    key = "model_forbidden"


class PageError(CopassistError):
    """``port``."""

    key = "page"


class PageAddressError(PageError):
    """``host``, ``port``."""

    key = "page_address"


class UnreadableError(CopassistError):
    """One file could not be read; the run goes on. ``path``, ``problem``."""

    key = "unreadable"


class MissingFileError(UnreadableError):
    """``path``."""

    key = "missing_file"


class ForbiddenError(UnreadableError):
    """``path``."""

    key = "forbidden"


class UnknownTypeError(UnreadableError):
    """``path``, ``suffix``."""

    key = "unknown_type"


class EmptyFileError(UnreadableError):
    """``path``."""

    key = "empty_file"


class DamagedFileError(UnreadableError):
    """``path``, ``problem`` (a key below ``problems.`` of the words), ``detail`` for the logs."""

    key = "damaged_file"

    def reason(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What happened, the problem told in ``language`` too."""
        say = words(language)
        problem = say.texts.get(
            f"problems.{self.values.get('problem')}", self.values.get("problem")
        )
        return say(f"errors.{self.key}.reason", **(self.values | {"problem": problem}))


class ProtectedFileError(UnreadableError):
    """``path``."""

    key = "protected_file"


class ImageOnlyError(UnreadableError):
    """``path``."""

    key = "image_only"


class ConverterMissingError(UnreadableError):
    """``path``, ``suffix``."""

    key = "converter_missing"


class TooLargeError(UnreadableError):
    """``path``, ``limit`` (a key below ``limits.`` of the words) and, where it is a number of
    something, how much it is at ``most``."""

    key = "too_large"

    def reason(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What happened, the limit told in ``language`` too."""
        say = words(language)
        limit = str(self.values.get("limit"))
        if f"limits.{limit}" in say.texts:
            limit = say(f"limits.{limit}", most=self.values.get("most"))
        return say(f"errors.{self.key}.reason", **(self.values | {"limit": limit}))


class TooSlowError(UnreadableError):
    """``path``, ``seconds``."""

    key = "too_slow"
