"""The price book and its journal: every version that ever held, kept in the catalog with the documents it is made of.

A version is never changed. The documents of each are kept whole, so that costs can be worked out anew after an update of Meterlark has
brought other prices. At start a new version begins when the bundled documents or the user's file are not those of the newest one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

import msgspec

from meterlark.catalog.contract import Catalog, Kind, Record
from meterlark.model.errors import InvalidInputError
from meterlark.pricing.book import PriceBook
from meterlark.pricing.derived import CURRENCY
from meterlark.pricing.document import Document, decode_document, digest_document, encode_document
from meterlark.pricing.journal import DocumentName, Journal, Origin, PriceVersion, Repricing
from meterlark.service.audit import entry_of
from meterlark.service.principal import Actor

Documents = Sequence[tuple[Origin, Document]]

BOOKS_KEPT_MAX: Final = 8
"""Books kept ready, some 5 MB each; reading an older version again takes 30 ms."""

_DIGITS: Final = 9
"""Of the numbers in ids, so that records come in the order of their numbers."""


class Prices:
    """The prices of one server.

    Args:
        catalog: Where versions, repricings and documents are kept.
        given: The documents of this start, the weakest first: those that ship with Meterlark and the user's file.
        head: The highest sequence number of the ledger; a new version begins behind it.
        now: The clock; aware UTC.

    Raises:
        InvalidInputError: A document's prices are in another currency than dollars.
    """

    def __init__(self, catalog: Catalog, given: Documents, *, head: int, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._now = now
        self._lock = Lock()
        self._books: dict[int, PriceBook] = {}
        self._documents = {digest_document(document): document for _, document in given}
        self._stored = {record.id for record in catalog.records(Kind.PRICE_DOCUMENT)}
        versions = tuple(msgspec.json.decode(one.definition, type=PriceVersion) for one in catalog.records(Kind.PRICE_VERSION))
        repricings = tuple(msgspec.json.decode(one.definition, type=Repricing) for one in catalog.records(Kind.REPRICING))
        overrides = () if not versions else tuple(name for name in versions[-1].documents if name.origin is Origin.API)
        names = (*(_name_of(origin, document) for origin, document in given), *overrides)
        if versions and versions[-1].documents == names:
            self._journal = Journal(versions, repricings)
        else:
            version = self._store(names, number=len(versions) + 1, after=head if versions else 0, by=Actor("configuration"))
            self._journal = Journal((*versions, version), repricings)

    @property
    def journal(self) -> Journal:
        """The journal of this moment."""
        return self._journal

    def book(self, number: int) -> PriceBook:
        """Return the book of a version; may read its documents."""
        found = self._books.get(number)  # nearly always; without the lock, because a dictionary is replaced as a whole
        return self._make_book(number) if found is None else found

    def overrides(self) -> Document | None:
        """Return the document that was set over the API; None when there is none."""
        return next((self.document(name.digest) for name in self._journal.newest.documents if name.origin is Origin.API), None)

    def document(self, digest: str) -> Document:
        """Return a document of any version."""
        found = self._documents.get(digest)
        if found is not None:
            return found
        [text] = [record.definition for record in self._catalog.records(Kind.PRICE_DOCUMENT) if record.id == digest]
        return decode_document(text)

    def set_overrides(self, document: Document | None, *, after: int, by: Actor) -> PriceVersion:
        """Begin a version with other overrides; the projection must not go on meanwhile (`price_changes.py`).

        Args:
            document: The new overrides; None for none.
            after: The highest sequence number that any reader has seen.
            by: For the audit log.
        """
        names = tuple(name for name in self._journal.newest.documents if name.origin is not Origin.API)
        if document is not None:
            name = _name_of(Origin.API, document)
            self._documents = {**self._documents, name.digest: document}
            names = (*names, name)
        version = self._store(names, number=self._journal.newest.number + 1, after=after, by=by)
        self._journal = self._journal.with_version(version)
        return version

    def add_repricing(self, repricing: Repricing, *, by: Actor) -> None:
        """Make another version hold for chosen events; the projection must not go on meanwhile (`price_changes.py`)."""
        journal = self._journal.with_repricing(repricing)
        entry = entry_of(by, "repriceEvents", f"repricing:{repricing.number}", at=repricing.made_at, after=repricing)
        self._catalog.add(_record(Kind.REPRICING, f"{repricing.number:0{_DIGITS}}", repricing, at=repricing.made_at), entry)
        self._journal = journal

    def _store(self, names: tuple[DocumentName, ...], *, number: int, after: int, by: Actor) -> PriceVersion:
        """Keep a new version, its documents first: a crash in between leaves documents that nobody names."""
        now = self._now()
        for name in names:
            if name.digest not in self._stored:
                entry = entry_of(by, "addPriceDocument", f"price_document:{name.digest}", at=now, after=name)
                content = encode_document(self.document(name.digest))
                record = Record(kind=Kind.PRICE_DOCUMENT, id=name.digest, created_at=now, updated_at=now, definition=content)
                self._catalog.add(record, entry)
                self._stored.add(name.digest)
        book = PriceBook([self.document(name.digest) for name in names])
        version = PriceVersion(number, after, book.version, names, now)
        entry = entry_of(by, "addPriceVersion", f"price_version:{number}", at=now, after=version)
        self._catalog.add(_record(Kind.PRICE_VERSION, f"{number:0{_DIGITS}}", version, at=now), entry)
        self._books = {**self._books, number: book}
        return version

    def _make_book(self, number: int) -> PriceBook:
        with self._lock:
            found = self._books.get(number)
            if found is None:
                found = PriceBook([self.document(name.digest) for name in self._journal.versions[number - 1].documents])
                kept = dict(list(self._books.items())[1 - BOOKS_KEPT_MAX :])
                self._books = {**kept, number: found}
            return found


def _name_of(origin: Origin, document: Document) -> DocumentName:
    if document.currency != CURRENCY:
        raise InvalidInputError(
            f"the prices of {document.name[:80]!r} are in {document.currency}; costs are in {CURRENCY}", field="currency"
        )
    return DocumentName(digest_document(document), origin, document.name, document.made_on.isoformat())


def _record(kind: Kind, record_id: str, thing: PriceVersion | Repricing, *, at: datetime) -> Record:
    return Record(kind=kind, id=record_id, created_at=at, updated_at=at, definition=msgspec.json.encode(thing))
