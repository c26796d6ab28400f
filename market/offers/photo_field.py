"""The form field of photos: limits first, then decoding; what was sent is stored for the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, request, session
from flask_babel.speaklater import LazyString
from flask_login import current_user
from limits import parse
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import ValidationError
from wtforms.widgets import FileInput

from market.offers import rules
from market.offers.decoding import pixels_to_decode
from market.offers.photos import (
    PENDING,
    StoredPhoto,
    TooManyAtOnce,
    find_photo,
    limit_to_one_upload,
    read_upload,
    store_content,
)
from market.web.errors import Invalid
from market.web.form_recovery import is_switching, refill, typed_fields
from market.web.language import lazy_gettext as _l
from market.web.limits import TooManyTries, spend, waiting
from market.web.network import client_network

# Of the pictures of one form together, beyond what a JPEG needs (it is decoded small).
MAX_PIXELS_PER_FORM = 80_000_000
MAX_NAME_LENGTH = 40


# In a visitor's session: the photos that they sent, which no other visitor may see.
SENT_HERE = "sent_photos"
MAX_SENT_HERE = 24


def _sender() -> str:
    """The key of the upload budget: the account's id; of visitors their network."""
    return str(current_user.id) if current_user.is_authenticated else client_network()


def _budgets() -> tuple[str, ...]:
    if current_user.is_authenticated:
        return "PHOTOS_PER_HOUR", "PHOTOS_PER_DAY"
    return ("VISITOR_PHOTOS_PER_DAY",)


def _note_sent_here(photo: StoredPhoto) -> None:
    """Note in a visitor's session that the photo is theirs."""
    if not current_user.is_authenticated:
        former = [each for each in session.get(SENT_HERE, []) if each != photo.sha256[:16]]
        session[SENT_HERE] = [*former[1 - MAX_SENT_HERE :], photo.sha256[:16]]


def was_sent_here(sha256: str) -> bool:
    """Whether this visitor's browser sent the photo."""
    return sha256[:16] in session.get(SENT_HERE, [])


class PhotosField(Field):
    """Photos. What is sent is checked and decoded when the form is validated, and waits for
    the form from then on, so that a refusal for another reason loses none.

    `data` is a list of StoredPhoto. What is stored already comes back as hidden inputs of
    the field's own name, in their order; a checkbox `<name>-remove` takes one out, and a button
    `<name>-move` moves one: "cover", "earlier", "later" or "out", a space, and its hash.

    Args:
        folder: where accepted photos go (market.offers.photos.keep_photo).
        max_photos: with one, a new photo replaces the old.
    """

    data: list[StoredPhoto]
    errors: Sequence[Any]
    # Whether the form was sent to change the order of its photos, and for nothing else.
    is_moved: bool

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        folder: str = "offers",
        max_photos: int = rules.MAX_PHOTOS,
        **kwargs: Any,
    ) -> None:
        self.folder, self.max_photos = folder, max_photos
        self.uploads: list[FileStorage] = []
        self.is_moved = False
        self.widget = FileInput(multiple=max_photos > 1)
        super().__init__(label, validators, default=list, **kwargs)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        if formdata is not None:
            gone = set(formdata.getlist(f"{self.name}-remove"))
            self.data = [photo for photo in self.data or () if photo.sha256 not in gone]
            if move := formdata.get(f"{self.name}-move"):
                self.is_moved = True
                self._move(*move.partition(" ")[::2])
        if is_switching() and formdata is refill():
            try:
                self._store([f for f in request.files.getlist(self.name) if f.filename])
            except ValidationError as error:
                self._add_error(error.args[0])

    def _move(self, act: str, sha256: str) -> None:
        """Move a photo to another place in the order, or out; what is not there is left alone."""
        place = next((i for i, photo in enumerate(self.data) if photo.sha256 == sha256), None)
        if place is None:
            return
        photo = self.data.pop(place)
        to = {"cover": 0, "earlier": max(0, place - 1), "later": place + 1}
        if act != "out":
            self.data.insert(to.get(act, place), photo)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.uploads = [v for v in valuelist if isinstance(v, FileStorage) and v.filename]
        named = dict.fromkeys(v for v in valuelist if isinstance(v, str))
        self.data = [photo for value in named if (photo := self._find(value))][: self.max_photos]

    def _find(self, sha256: str) -> StoredPhoto | None:
        """What the form was shown with, though its file be missing; what came with it before."""
        for photo in self.object_data or ():
            if photo.sha256 == sha256:
                return photo
        # What is public may be named by anyone; what is not, only while it waits for a form.
        folders = (PENDING, "offers") if self.folder == "offers" else (PENDING,)
        return next((p for folder in folders if (p := find_photo(folder, sha256))), None)

    def pre_validate(self, form: Any) -> None:
        """Store what was sent, if the sender may send this form at all."""
        uploads, self.uploads = self.uploads, []
        token = form._fields.get(form.meta.csrf_field_name)
        if not uploads or (token is not None and not token.validate(form)):
            return
        self._store(uploads)

    def _store(self, uploads: list[FileStorage]) -> None:
        """Check and store what was sent. Raises ValidationError: nothing of it can be stored."""
        if not uploads:
            return
        photos = [] if self.max_photos == 1 else self.data
        room = max(0, self.max_photos - len(photos))
        if len(uploads) > room:
            self._add_error(self._too_many(len(photos), len(uploads)))
        # Those left out are not even looked at.
        contents = self._contents(uploads[:room])
        try:
            with limit_to_one_upload(_sender()):
                self._spend(len(contents))
                self.data = self._add_stored(photos, contents)
                # With these the form comes back when what it is for fails.
                typed_fields().poplist(self.name)
                typed_fields().update({self.name: [photo.sha256 for photo in self.data]})
        except TooManyAtOnce as error:
            raise ValidationError(error.message) from None

    def _add_stored(
        self, photos: list[StoredPhoto], contents: list[tuple[str, bytes]]
    ) -> list[StoredPhoto]:
        """The photos there were, and those of the sent pictures that can be stored."""
        for name, content in contents:
            try:
                photo = store_content(content, PENDING)
            except Invalid as error:
                self._refuse(name, error)
                if isinstance(error, TooManyAtOnce):
                    break  # or each of them would wait as long
                continue
            _note_sent_here(photo)
            if photo not in photos:
                photos = [*photos, photo]
        return photos

    def _contents(self, uploads: list[FileStorage]) -> list[tuple[str, bytes]]:
        """(name, content) of those whose header is right; the others get an error."""
        found, pixels = [], 0
        for file in uploads:
            try:
                content = read_upload(file)
                pixels += pixels_to_decode(content)
            except Invalid as error:
                self._refuse(file.filename or "", error)
            else:
                found.append((file.filename or "", content))
        if pixels > MAX_PIXELS_PER_FORM:
            raise ValidationError(
                _l("These pictures are too large together: send fewer at once, or as JPEG.")
            )
        return found

    def _spend(self, count: int) -> None:
        """Count the pictures for the account, before they cost anything."""
        if not count:
            return
        try:
            for setting in _budgets():
                spend(parse(current_app.config[setting]), "photos", _sender(), cost=count)
        except TooManyTries as error:
            if not current_user.is_authenticated:
                raise ValidationError(
                    _l("Add pictures once you are logged in: very many came from where you are.")
                ) from None
            raise ValidationError(
                _l(
                    "You have sent very many pictures: the next in %(time)s. "
                    "Without new ones this can be sent now.",
                    time=waiting(error.retry_after),
                )
            ) from None

    def _refuse(self, name: str, error: Invalid) -> None:
        if len(name) > MAX_NAME_LENGTH:
            name = f"{name[:MAX_NAME_LENGTH]}…"
        self._add_error(_l("%(name)s: %(error)s", name=name, error=error.message))

    def _add_error(self, problem: Any) -> None:
        self.errors = [*self.errors, problem]

    def _too_many(self, stored: int, sent: int) -> LazyString:
        if stored:
            return _l(
                "%(kept)s pictures were kept already and %(sent)s were sent, at most %(most)s are "
                "taken: those at the end were left out.",
                **{"sent": sent, "kept": stored, "most": self.max_photos},
            )
        return _l(
            "%(sent)s pictures were sent, at most %(most)s are taken: those at the end were "
            "left out.",
            **{"sent": sent, "most": self.max_photos},
        )
