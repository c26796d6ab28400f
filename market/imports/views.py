"""Bringing a sheet, its columns, the dry run, importing and undoing it."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import PurePath
from typing import Any

from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.imports import bp, files, labels, queries, services
from market.imports.forms import IMPORTED, FileForm, StartForm, column_letter, samples, sheet_form
from market.imports.models import DuplicatePolicy, Import, ImportState, RowState
from market.imports.reading.heads import ImportKind, SheetHead, find_head, guess_kind
from market.imports.reading.sheets import Sheet, UnreadableFile, read_sheets
from market.imports.row_lines import changes_in_words, lines_of
from market.imports.sheet_township import township_of
from market.imports.workbooks import failed_rows, template
from market.permissions import may, requires
from market.regions.queries import get_region
from market.stations.scope import stations_of
from market.web.actions import perform
from market.web.converters import page_number
from market.web.errors import DomainError, Repeated, add_form_error

PER_PAGE, ROWS_PER_PAGE = 20, 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS = {
    "wrong": (RowState.WRONG,),
    "ask": (RowState.QUESTION,),
    "there": (RowState.DUPLICATE,),
    "ready": (RowState.READY,),
    "made": (RowState.MADE,),
    "undone": (RowState.UNDONE,),
    "retained": (RowState.RETAINED,),
    "skipped": (RowState.SKIPPED,),
    "all": (),
}
# What a person comes for, of what there is.
FIRST = ("wrong", "ask", "retained", "made", "ready", "there")
# Once the file is deleted, what was not imported says nothing any more.
LEFT = ("retained", "made", "undone")


@bp.get("/station/imports")
@requires("import.list")
def index() -> str:
    page = request.args.get("page", 1, type=page_number)
    found, pagination = queries.visible_imports(actor(), page, PER_PAGE)
    return render_template(
        "imports/index.html",
        imports=found,
        pagination=pagination,
        page_address=lambda n: url_for("imports.index", page=n),
        labels=labels,
        kinds=IMPORTED,
    )


@bp.route("/station/imports/new", methods=["GET", "POST"])
@requires("assistant")
def new() -> ResponseReturnValue:
    form = FileForm(stations_of(actor()))
    if form.validate_on_submit():
        try:
            sheets = read_sheets(form.content, form.file.data.filename or "")
            imported = _create(form, sheets)
        except Repeated as error:
            return redirect(url_for("imports.columns", import_id=error.existing.id), 303)
        except DomainError as error:
            error.field = error.field or "file"
            add_form_error(error, form)
        else:
            return redirect(url_for("imports.columns", import_id=imported.id), 303)
    return render_template("imports/new.html", form=form, kinds=IMPORTED, labels=labels)


def _create(form: FileForm, sheets: list[Sheet]) -> Import:
    """The import of the file, begun with the sheet that has most to say."""
    kind = ImportKind(form.kind.data) if form.kind.data else guess_kind(_first(sheets))
    file = form.file.data
    sha256 = files.store_file(form.content)
    with transaction():
        return services.create_import(
            actor(), get_region(form.region.data), kind, file.filename or "", sha256, form.key.data
        )


def _first(sheets: list[Sheet]) -> Sheet:
    """The first sheet that is no hidden one."""
    return next((sheet for sheet in sheets if not sheet.is_hidden), sheets[0])


@bp.route("/station/imports/<int:import_id>/columns", methods=["GET", "POST"])
@requires("import.manage", load=queries.get_import)
def columns(imported: Import) -> ResponseReturnValue:
    if not services.can_check(imported):
        return redirect(url_for("imports.show", import_id=imported.id), 303)
    sheets = _sheets_of(imported)
    number, sheet, kind = _chosen(imported, sheets)
    head = find_head(sheet, kind)
    township = _township(imported, number, sheet, head)
    form = sheet_form(imported, kind, head or SheetHead(0, 0, ()), township)
    if head is not None and form.validate_on_submit():
        try:
            with transaction():
                services.check_rows(actor(), imported, number, kind, form.values())
        except DomainError as error:
            add_form_error(error, form)
        else:
            return redirect(url_for("imports.show", import_id=imported.id), 303)
    return render_template(
        "imports/columns.html",
        **{"imported": imported, "sheets": sheets, "number": number, "sheet": sheet},
        looks_like=_looks_like(sheet, kind),
        **{"kind": kind, "kinds": IMPORTED, "head": head, "form": form, "labels": labels},
        letter=column_letter,
        samples=samples,
    )


def _township(imported: Import, number: int, sheet: Sheet, head: SheetHead | None) -> str | None:
    """Code of the township that somebody said the sheet is of, else that it seems to be of."""
    if imported.sheet == number or head is None:
        return imported.township_code
    return township_of(sheet, head, imported.filename, imported.region_code)


def _looks_like(sheet: Sheet, kind: ImportKind) -> ImportKind | None:
    """What to ask about a sheet that is read as offers: whether it is not deals or farmers."""
    guessed = guess_kind(sheet)
    return guessed if kind is ImportKind.OFFERS and guessed is not kind else None


def _sheets_of(imported: Import) -> list[Sheet]:
    """The sheets of a file that was read before; 404 where it is no longer there."""
    try:
        return files.sheets_of(imported)
    except (UnreadableFile, FileNotFoundError):
        abort(404)


def _chosen(imported: Import, sheets: list[Sheet]) -> tuple[int, Sheet, ImportKind]:
    """The sheet and the kind that the address names, else those of the import, else the first sheet
    with a head."""
    kinds = {kind.value: kind for kind in IMPORTED}
    kind = kinds.get(request.args.get("kind", ""), imported.kind)
    asked = request.args.get("sheet", "")
    number = int(asked) if asked.isdigit() and len(asked) < 4 else imported.sheet
    if number is None or number >= len(sheets):
        shown = [n for n, sheet in enumerate(sheets) if not sheet.is_hidden]
        number = next((n for n in shown if find_head(sheets[n], kind)), next(iter(shown), 0))
    return number, sheets[number], kind


@bp.get("/station/imports/<int:import_id>")
@requires("import.read", load=queries.get_import)
def show(imported: Import) -> str:
    return _page(imported, StartForm())


def _page(imported: Import, form: StartForm) -> str:
    counts = queries.count_states(imported)
    shown = request.args.get("show", "")
    if shown not in FILTERS:
        first = LEFT if imported.file_deleted_at else FIRST
        shown = next((name for name in first if any(counts[s] for s in FILTERS[name])), "all")
    page = request.args.get("page", 1, type=page_number)
    rows, pagination = queries.rows_of(imported, FILTERS[shown], page, ROWS_PER_PAGE)
    manages = may(current_user, "import.manage", imported)
    is_open = imported.state is ImportState.CHECKED
    return render_template(
        "imports/show.html",
        imported=imported,
        form=form,
        lines=lines_of(imported, rows),
        changes=changes_in_words(imported) if is_open else "",
        addable=queries.count_addable(imported),
        is_outdated=queries.is_outdated(imported),
        shown=shown,
        row_tabs=_tabs(imported, counts, shown),
        pagination=pagination,
        page_address=lambda n: url_for("imports.show", import_id=imported.id, show=shown, page=n),
        counts=counts,
        manages=manages,
        can_undo=services.can_undo(imported),
        labels=labels,
    )


def _tabs(imported: Import, counts: Counter[RowState], shown: str) -> list[Any]:
    """The filters of the rows that have any, as components/tabs.html takes them."""
    captions = {
        **{name: labels.ROW_STATES[states[0]] for name, states in FILTERS.items() if states},
        "all": _("All rows"),
    }
    numbers = {name: sum(counts[state] for state in states) for name, states in FILTERS.items()}
    numbers["all"] = counts.total()
    return [
        (
            captions[name],
            url_for("imports.show", import_id=imported.id, show=name),
            name == shown,
            number,
        )
        for name, number in numbers.items()
        if number or name in ("all", shown)
    ]


@bp.post("/station/imports/<int:import_id>/start")
@requires("import.manage", load=queries.get_import)
def start(imported: Import) -> ResponseReturnValue:
    form = StartForm()
    if form.validate_on_submit():
        policy, keeps = DuplicatePolicy(form.policy.data), bool(form.keeps_questioned.data)
        try:
            with transaction():
                services.start_import(actor(), imported, policy, keeps)
        except DomainError as error:
            add_form_error(error, form)
        else:
            return redirect(url_for("imports.show", import_id=imported.id), 303)
    return _page(imported, form)


@bp.post("/station/imports/<int:import_id>/undo")
@requires("import.manage", load=queries.get_import)
def undo(imported: Import) -> Response:
    back = url_for("imports.show", import_id=imported.id)
    done = _("Undoing has begun.")
    return perform(lambda: services.undo_import(actor(), imported), back, done)


@bp.post("/station/imports/<int:import_id>/discard")
@requires("import.manage", load=queries.get_import)
def discard(imported: Import) -> Response:
    back = url_for("imports.index")
    done = _("Given up. The file is deleted.")
    return perform(lambda: services.discard_import(actor(), imported), back, done)


@bp.get("/station/imports/<int:import_id>/failed")
@requires("import.manage", load=queries.get_import)
def failed(imported: Import) -> Response:
    try:
        content, ending = failed_rows(imported)
    except (DomainError, FileNotFoundError):
        abort(404)
    mimetype = XLSX if ending == "xlsx" else "text/csv; charset=utf-8"
    name = _("%(file)s - to put right", file=PurePath(imported.filename).stem)
    return _download(content, mimetype, f"{name}.{ending}")


@bp.get("/station/imports/template/<any(offers,farmers,deals):kind>.xlsx")
@requires("import.list")
def template_file(kind: str) -> Response:
    name = _("Template: %(kind)s", kind=labels.KINDS[ImportKind(kind)])
    return _download(template(ImportKind(kind)), XLSX, f"{name}.xlsx")


def _download(content: bytes, mimetype: str, filename: str) -> Response:
    response = send_file(BytesIO(content), mimetype, as_attachment=True, download_name=filename)
    response.headers["Cache-Control"] = "private, no-store"
    return response
