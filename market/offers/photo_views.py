"""Photos one by one, while the form that they are for is still being written."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from market.offers import bp
from market.offers.photo_field import PhotosField
from market.offers.photos import form_thumb_url
from market.permissions import requires


class PhotoForm(FlaskForm):
    """One photo, for a form still to come."""

    photos = PhotosField(max_photos=1)


@bp.post("/offers/photos")
@requires("offer.compose")
def add_photo() -> ResponseReturnValue:
    """Store a photo for a form: its hash and where its small picture is, or what is wrong."""
    form = PhotoForm()
    if form.validate() and form.photos.data:
        (photo,) = form.photos.data
        return jsonify(photo=photo.sha256, thumb=form_thumb_url(photo))
    return jsonify(error=" ".join(str(error) for error in form.photos.errors)), 422
