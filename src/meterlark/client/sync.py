"""The blocking client: every operation of the server. Written by `script/typegen`; do not edit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, Self

from meterlark.client import types
from meterlark.client.request import (
    BATCH_TYPE,
    JSON_TYPE,
    Events,
    Request,
    cursor_of,
    events_body,
    json_body,
    json_value,
    path_of,
    read,
    read_either,
    read_text,
)
from meterlark.client.transport import RETRIES_MAX, Transport
from meterlark.client.usage import UsageResult
from meterlark.sdk.api import Reply
from meterlark.sdk.meter import DEFAULT_URL


class Client:
    """A client of one Meterlark server; safe to use from any thread.

    Every method raises `meterlark.model.errors.MeterlarkError`, by kind: `InvalidInputError` (names the field), `NotFoundError`,
    `ConflictError`, `UnauthenticatedError`, `ForbiddenError`, and `UnavailableError` once the retries are used up. What is safe to send
    twice (questions, events, PUT and DELETE) is sent again when the server cannot be reached or says that it cannot serve now.

    Args:
        url: The server's address.
        key: API key or portal token.
        timeout_seconds: Of connecting and of each read.
        retries_max: How often a request is sent again.

    Raises:
        InvalidInputError: An argument is out of range.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, key: str | None = None, timeout_seconds: float = 10.0, retries_max: int = RETRIES_MAX
    ) -> None:
        self._transport = Transport(url, key=key, timeout_seconds=timeout_seconds, retries_max=retries_max)

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def _send(self, request: Request) -> Reply:
        return self._transport.send(request)

    def ingest_events(self, events: Events) -> types.IngestResult:
        """Store one event or a batch; each identity (source, id) is counted once, for ever.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v1/events"),
                    is_repeatable=True,
                    body=events_body(events),
                    content_type=BATCH_TYPE,
                    headers={"prefer": "return=representation"},
                )
            ),
            types.IngestResult,
        )

    def dry_run_events(self, events: Events) -> types.DryRunResult:
        """Tell what would become of events, and store nothing.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v1/events", query={"dry_run": True}),
                    is_repeatable=True,
                    body=events_body(events),
                    content_type=BATCH_TYPE,
                )
            ),
            types.DryRunResult,
        )

    def list_events(
        self,
        *,
        id: str | None = None,
        subject: str | None = None,
        customer_id: Sequence[str] = (),
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        ingested_at_from: datetime | str | None = None,
        ingested_at_to: datetime | str | None = None,
        limit: int | None = None,
        client_id: str | None = None,
    ) -> list[types.StoredEvent]:
        """List stored events, newest event time first.

        Args:
            id: Part of the event's id.
            subject: The whole subject.
            customer_id: Events of these customers.
            from_: First event time, inclusive.
            to: End of the event times, exclusive.
            ingested_at_from: First time of receipt, inclusive.
            ingested_at_to: End of the times of receipt, exclusive.
            limit: Most events returned.
            client_id: Name of the client's request, for its own use.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/events",
                        query={
                            "id": id,
                            "subject": subject,
                            "customerId": customer_id,
                            "from": from_,
                            "to": to,
                            "ingestedAtFrom": ingested_at_from,
                            "ingestedAtTo": ingested_at_to,
                            "limit": limit,
                            "clientId": client_id,
                        },
                    ),
                    is_repeatable=True,
                )
            ),
            list[types.StoredEvent],
        )

    def explain_event(self, *, id: str, source: str) -> types.EventStory:
        """Tell everything about one event: which meters measured it, with which value, or why not; and what came again.

        Args:
            id: The event's id.
            source: The event's source.
        """
        return read(
            self._send(
                Request(method="GET", path=path_of("/api/v1/events/explain", query={"id": id, "source": source}), is_repeatable=True)
            ),
            types.EventStory,
        )

    def list_conflicts(self, *, limit: int | None = None) -> list[types.OtherContent]:
        """List other contents that came under the identity of a stored event, newest first.

        Args:
            limit: Most conflicts returned.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/events/conflicts", query={"limit": limit}), is_repeatable=True)),
            list[types.OtherContent],
        )

    def list_unmeasured_events(
        self,
        *,
        meter: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> types.UnmeasuredEventsPage:
        """List stored events that are not measured, with the reasons; a page looks at 10,000 events at most.

        Args:
            meter: Slug or id of the only meter asked about; all meters when not given.
            from_: First event time, inclusive.
            to: End of the event times, exclusive.
            limit: Most events of a page.
            cursor: `nextCursor` of the page before.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/events/unmeasured", query={"meter": meter, "from": from_, "to": to, "limit": limit, "cursor": cursor}
                    ),
                    is_repeatable=True,
                )
            ),
            types.UnmeasuredEventsPage,
        )

    def iterate_unmeasured_events(
        self,
        *,
        meter: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Iterator[types.UnmeasuredEvent]:
        """List stored events that are not measured, with the reasons; a page looks at 10,000 events at most; goes through all pages.

        Args:
            meter: Slug or id of the only meter asked about; all meters when not given.
            from_: First event time, inclusive.
            to: End of the event times, exclusive.
            limit: Most events of a page.
            cursor: `nextCursor` of the page before.
        """
        while True:
            answer = self.list_unmeasured_events(meter=meter, from_=from_, to=to, limit=limit, cursor=cursor)
            for item in answer.items:
                yield item
            if answer.next_cursor is None:
                return
            cursor = answer.next_cursor

    def void_event(self, *, source: str, id: str, reason: str) -> types.EventVoid:
        """Take an event out of every count; it stays stored, and its identity stays taken.

        Args:
            source: Of the event.
            id: Of the event.
            reason: Why, for people; kept for ever.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/events/void",
                    is_repeatable=False,
                    body=json_body({"source": source, "id": id, "reason": reason}),
                    content_type=JSON_TYPE,
                )
            ),
            types.EventVoid,
        )

    def correct_event(self, *, source: str, id: str, reason: str, correction: Mapping[str, Any]) -> types.EventVoid:
        """Take an event out of every count and store another one instead, both or neither.

        Args:
            source: Of the event.
            id: Of the event.
            reason: Why, for people; kept for ever.
            correction: A CloudEvent with an identity of its own.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/events/correct",
                    is_repeatable=False,
                    body=json_body({"source": source, "id": id, "reason": reason, "correction": correction}),
                    content_type=JSON_TYPE,
                )
            ),
            types.EventVoid,
        )

    def list_events_v2(
        self, *, cursor: str | None = None, limit: int | None = None, client_id: str | None = None, filter: str | None = None
    ) -> types.EventsPage:
        """List stored events by pages, newest event time first.

        Args:
            cursor: `nextCursor` of the page before.
            limit: Events of a page.
            client_id: Name of the client's request, for its own use.
            filter: JSON object of one filter by field: `id`, `source`, `subject`, `type` (such as `{"$like": "a%"}`), `customerId` (`$in`),
                `time`, `ingestedAt` (`$gte`, `$lt`).
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v2/events", query={"cursor": cursor, "limit": limit, "clientId": client_id, "filter": filter}),
                    is_repeatable=True,
                )
            ),
            types.EventsPage,
        )

    def iterate_events_v2(
        self, *, cursor: str | None = None, limit: int | None = None, client_id: str | None = None, filter: str | None = None
    ) -> Iterator[types.StoredEvent]:
        """List stored events by pages, newest event time first; goes through all pages.

        Args:
            cursor: `nextCursor` of the page before.
            limit: Events of a page.
            client_id: Name of the client's request, for its own use.
            filter: JSON object of one filter by field: `id`, `source`, `subject`, `type` (such as `{"$like": "a%"}`), `customerId` (`$in`),
                `time`, `ingestedAt` (`$gte`, `$lt`).
        """
        while True:
            answer = self.list_events_v2(cursor=cursor, limit=limit, client_id=client_id, filter=filter)
            for item in answer.items:
                yield item
            if answer.next_cursor is None:
                return
            cursor = answer.next_cursor

    def list_meters(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
        order_by: Literal["aggregation", "createdAt", "key", "name", "updatedAt"] | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        include_deleted: bool | None = None,
    ) -> list[types.MeterAnswer]:
        """List the meters.

        Args:
            page: Page, counted from 1.
            page_size: Meters of a page.
            order_by: What to sort by.
            order: Direction.
            include_deleted: List deleted meters, too.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/meters",
                        query={"page": page, "pageSize": page_size, "orderBy": order_by, "order": order, "includeDeleted": include_deleted},
                    ),
                    is_repeatable=True,
                )
            ),
            list[types.MeterAnswer],
        )

    def iterate_meters(
        self,
        *,
        page_size: int = 1000,
        order_by: Literal["aggregation", "createdAt", "key", "name", "updatedAt"] | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        include_deleted: bool | None = None,
    ) -> Iterator[types.MeterAnswer]:
        """List the meters; goes through all pages.

        Args:
            page_size: Meters of a page.
            order_by: What to sort by.
            order: Direction.
            include_deleted: List deleted meters, too.
        """
        page = 1
        while True:
            answer = self.list_meters(page=page, page_size=page_size, order_by=order_by, order=order, include_deleted=include_deleted)
            for item in answer:
                yield item
            if len(answer) < page_size:
                return
            page += 1

    def create_meter(
        self,
        *,
        slug: str,
        aggregation: str,
        event_type: str,
        name: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
        group_by: Mapping[str, str] | None = None,
        value_property: str | None = None,
        event_from: datetime | str | None = None,
    ) -> types.MeterAnswer:
        """Create a meter; events already stored are counted by it, too.

        Args:
            slug: Its key: lower-case letters, digits and single underscores.
            aggregation: How measurements become usage.
            event_type: Events whose `type` equals this are measured.
            name: For people; the slug when not given.
            description: For people.
            metadata: Your own labels.
            group_by: JSONPath of each dimension by its key.
            value_property: JSONPath of the value in `data`; not for COUNT.
            event_from: Events before this time are not counted.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/meters",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "name": name,
                            "description": description,
                            "metadata": metadata,
                            "groupBy": group_by,
                            "slug": slug,
                            "aggregation": aggregation,
                            "eventType": event_type,
                            "valueProperty": value_property,
                            "eventFrom": event_from,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.MeterAnswer,
        )

    def get_meter(self, meter_id_or_slug: str) -> types.MeterAnswer:
        """Read one meter.

        Args:
            meter_id_or_slug: The meter's slug or id.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/meters/{}", meter_id_or_slug), is_repeatable=True)), types.MeterAnswer
        )

    def update_meter(
        self,
        meter_id_or_slug: str,
        *,
        name: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
        group_by: Mapping[str, str] | None = None,
    ) -> types.MeterAnswer:
        """Change a meter's name, description, metadata and dimensions.

        Args:
            meter_id_or_slug: The meter's slug or id.
            name: For people; the slug when not given.
            description: For people.
            metadata: Your own labels.
            group_by: JSONPath of each dimension by its key.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path=path_of("/api/v1/meters/{}", meter_id_or_slug),
                    is_repeatable=True,
                    body=json_body({"name": name, "description": description, "metadata": metadata, "groupBy": group_by}),
                    content_type=JSON_TYPE,
                )
            ),
            types.MeterAnswer,
        )

    def delete_meter(self, meter_id_or_slug: str) -> None:
        """Delete a meter; its events stay.

        Args:
            meter_id_or_slug: The meter's slug or id.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/meters/{}", meter_id_or_slug), is_repeatable=True))

    def backtest_meter(
        self, *, meter: types.NewMeter, from_: datetime | str | None = None, to: datetime | str | None = None
    ) -> types.BacktestAnswer:
        """Try a meter on stored events without saving it; it reads the newest 50,000 of its type at most.

        Args:
            meter: As it would be created.
            from_: First event time, inclusive.
            to: End of the event times, exclusive.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/meters/backtest",
                    is_repeatable=True,
                    body=json_body({"meter": meter, "from": from_, "to": to}),
                    content_type=JSON_TYPE,
                )
            ),
            types.BacktestAnswer,
        )

    def query_meter(
        self,
        meter_id_or_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: str | None = None,
    ) -> UsageResult:
        """Ask for usage; every event acknowledged before is in the answer.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                self._send(
                    Request(
                        method="GET",
                        path=path_of(
                            "/api/v1/meters/{}/query",
                            meter_id_or_slug,
                            query={
                                "from": from_,
                                "to": to,
                                "windowSize": window_size,
                                "windowTimeZone": window_time_zone,
                                "subject": subject,
                                "filterCustomerId": filter_customer_id,
                                "groupBy": group_by,
                                "clientId": client_id,
                                "filterGroupBy": filter_group_by,
                                "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                            },
                        ),
                        is_repeatable=True,
                    )
                ),
                types.UsageAnswer,
            )
        )

    def query_meter_file(
        self,
        meter_id_or_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: str | None = None,
        media_type: Literal[
            "text/csv", "application/x-ndjson", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
        ] = "text/csv",
    ) -> bytes:
        """Ask for usage; every event acknowledged before is in the answer.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/meters/{}/query",
                        meter_id_or_slug,
                        query={
                            "from": from_,
                            "to": to,
                            "windowSize": window_size,
                            "windowTimeZone": window_time_zone,
                            "subject": subject,
                            "filterCustomerId": filter_customer_id,
                            "groupBy": group_by,
                            "clientId": client_id,
                            "filterGroupBy": filter_group_by,
                            "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                        },
                    ),
                    is_repeatable=True,
                    headers={"accept": media_type},
                )
            )
        ).body

    def query_meter_post(
        self,
        meter_id_or_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: Mapping[str, Any] | None = None,
    ) -> UsageResult:
        """The same, with the question in the body.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                self._send(
                    Request(
                        method="POST",
                        path=path_of("/api/v1/meters/{}/query", meter_id_or_slug),
                        is_repeatable=True,
                        body=json_body(
                            {
                                "from": from_,
                                "to": to,
                                "windowSize": window_size,
                                "windowTimeZone": window_time_zone,
                                "subject": subject,
                                "filterCustomerId": filter_customer_id,
                                "groupBy": group_by,
                                "clientId": client_id,
                                "filterGroupBy": filter_group_by,
                                "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                            }
                        ),
                        content_type=JSON_TYPE,
                    )
                ),
                types.UsageAnswer,
            )
        )

    def query_meter_post_file(
        self,
        meter_id_or_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: Mapping[str, Any] | None = None,
        media_type: Literal[
            "text/csv", "application/x-ndjson", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
        ] = "text/csv",
    ) -> bytes:
        """The same, with the question in the body.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v1/meters/{}/query", meter_id_or_slug),
                    is_repeatable=True,
                    body=json_body(
                        {
                            "from": from_,
                            "to": to,
                            "windowSize": window_size,
                            "windowTimeZone": window_time_zone,
                            "subject": subject,
                            "filterCustomerId": filter_customer_id,
                            "groupBy": group_by,
                            "clientId": client_id,
                            "filterGroupBy": filter_group_by,
                            "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                        }
                    ),
                    content_type=JSON_TYPE,
                    headers={"accept": media_type},
                )
            )
        ).body

    def list_meter_subjects(
        self, meter_id_or_slug: str, *, from_: datetime | str | None = None, to: datetime | str | None = None
    ) -> list[str]:
        """List the subjects that have events of the meter's type.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time looked at, inclusive.
            to: End of the event times looked at, exclusive.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/meters/{}/subjects", meter_id_or_slug, query={"from": from_, "to": to}),
                    is_repeatable=True,
                )
            ),
            list[str],
        )

    def list_meter_group_by_values(
        self, meter_id_or_slug: str, group_by_key: str, *, from_: datetime | str | None = None, to: datetime | str | None = None
    ) -> list[str]:
        """List the texts of one of the meter's dimensions.

        Args:
            meter_id_or_slug: The meter's slug or id.
            group_by_key: Key of the dimension.
            from_: First event time looked at, inclusive.
            to: End of the event times looked at, exclusive.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/meters/{}/group-by/{}/values", meter_id_or_slug, group_by_key, query={"from": from_, "to": to}),
                    is_repeatable=True,
                )
            ),
            list[str],
        )

    def list_customers(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
        order_by: Literal["createdAt", "id", "name"] | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        include_deleted: bool | None = None,
        key: str | None = None,
        name: str | None = None,
        primary_email: str | None = None,
        subject: str | None = None,
        expand: Sequence[Literal["subscriptions"]] = (),
    ) -> types.CustomerPage:
        """List the customers, by pages.

        Args:
            page: Page, counted from 1.
            page_size: Entries of a page.
            order_by: What to sort by.
            order: Direction.
            include_deleted: List deleted customers, too.
            key: Part of the key, in any case.
            name: Part of the name, in any case.
            primary_email: Part of the address, in any case.
            subject: Part of a subject key, in any case.
            expand: Accepted; there are no subscriptions.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/customers",
                        query={
                            "page": page,
                            "pageSize": page_size,
                            "orderBy": order_by,
                            "order": order,
                            "includeDeleted": include_deleted,
                            "key": key,
                            "name": name,
                            "primaryEmail": primary_email,
                            "subject": subject,
                            "expand": expand,
                        },
                    ),
                    is_repeatable=True,
                )
            ),
            types.CustomerPage,
        )

    def iterate_customers(
        self,
        *,
        page_size: int = 100,
        order_by: Literal["createdAt", "id", "name"] | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        include_deleted: bool | None = None,
        key: str | None = None,
        name: str | None = None,
        primary_email: str | None = None,
        subject: str | None = None,
        expand: Sequence[Literal["subscriptions"]] = (),
    ) -> Iterator[types.CustomerAnswer]:
        """List the customers, by pages; goes through all pages.

        Args:
            page_size: Entries of a page.
            order_by: What to sort by.
            order: Direction.
            include_deleted: List deleted customers, too.
            key: Part of the key, in any case.
            name: Part of the name, in any case.
            primary_email: Part of the address, in any case.
            subject: Part of a subject key, in any case.
            expand: Accepted; there are no subscriptions.
        """
        page = 1
        while True:
            answer = self.list_customers(
                page=page,
                page_size=page_size,
                order_by=order_by,
                order=order,
                include_deleted=include_deleted,
                key=key,
                name=name,
                primary_email=primary_email,
                subject=subject,
                expand=expand,
            )
            for item in answer.items:
                yield item
            if len(answer.items) < page_size:
                return
            page += 1

    def create_customer(
        self,
        *,
        name: str,
        key: str | None = None,
        usage_attribution: types.UsageAttribution | None = None,
        description: str | None = None,
        primary_email: str | None = None,
        currency: str | None = None,
        billing_address: types.Address | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> types.CustomerAnswer:
        """Create a customer; events of its subjects that are already stored are its own.

        Args:
            name: For people.
            key: Your own id of it; events with it as subject count for the customer.
            usage_attribution: Further subjects.
            description: For people.
            primary_email: Where to write to.
            currency: ISO 4217 code.
            billing_address: Where bills go.
            metadata: Your own labels.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/customers",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "name": name,
                            "key": key,
                            "usageAttribution": usage_attribution,
                            "description": description,
                            "primaryEmail": primary_email,
                            "currency": currency,
                            "billingAddress": billing_address,
                            "metadata": metadata,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.CustomerAnswer,
        )

    def get_customer(self, customer_id_or_key: str, *, expand: Sequence[Literal["subscriptions"]] = ()) -> types.CustomerAnswer:
        """Read one customer.

        Args:
            customer_id_or_key: The customer's id or key.
            expand: Accepted; there are no subscriptions.
        """
        return read(
            self._send(
                Request(
                    method="GET", path=path_of("/api/v1/customers/{}", customer_id_or_key, query={"expand": expand}), is_repeatable=True
                )
            ),
            types.CustomerAnswer,
        )

    def update_customer(
        self,
        customer_id_or_key: str,
        *,
        name: str,
        key: str | None = None,
        usage_attribution: types.UsageAttribution | None = None,
        description: str | None = None,
        primary_email: str | None = None,
        currency: str | None = None,
        billing_address: types.Address | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> types.CustomerAnswer:
        """Replace a customer's definition; what is missing is cleared.

        Args:
            customer_id_or_key: The customer's id or key.
            name: For people.
            key: Your own id of it; events with it as subject count for the customer.
            usage_attribution: Further subjects.
            description: For people.
            primary_email: Where to write to.
            currency: ISO 4217 code.
            billing_address: Where bills go.
            metadata: Your own labels.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path=path_of("/api/v1/customers/{}", customer_id_or_key),
                    is_repeatable=True,
                    body=json_body(
                        {
                            "name": name,
                            "key": key,
                            "usageAttribution": usage_attribution,
                            "description": description,
                            "primaryEmail": primary_email,
                            "currency": currency,
                            "billingAddress": billing_address,
                            "metadata": metadata,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.CustomerAnswer,
        )

    def delete_customer(self, customer_id_or_key: str) -> None:
        """Delete a customer; its events stay.

        Args:
            customer_id_or_key: The customer's id or key.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/customers/{}", customer_id_or_key), is_repeatable=True))

    def list_subjects(self) -> list[types.SubjectAnswer]:
        """List the subjects that something was written down about."""
        return read(self._send(Request(method="GET", path="/api/v1/subjects", is_repeatable=True)), list[types.SubjectAnswer])

    def upsert_subject(self, body: Sequence[types.SubjectBody]) -> list[types.SubjectAnswer]:
        """Write something down about subjects; fields that are missing stay as they are.

        Args:
            body: What is sent.
        """
        return read(
            self._send(Request(method="POST", path="/api/v1/subjects", is_repeatable=False, body=json_value(body), content_type=JSON_TYPE)),
            list[types.SubjectAnswer],
        )

    def get_subject(self, subject_id_or_key: str) -> types.SubjectAnswer:
        """Read one subject.

        Args:
            subject_id_or_key: The subject's id or key.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/subjects/{}", subject_id_or_key), is_repeatable=True)),
            types.SubjectAnswer,
        )

    def delete_subject(self, subject_id_or_key: str) -> None:
        """Forget what was written down about a subject; its events stay.

        Args:
            subject_id_or_key: The subject's id or key.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/subjects/{}", subject_id_or_key), is_repeatable=True))

    def list_features(
        self,
        *,
        meter_slug: Sequence[str] = (),
        include_archived: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        order_by: Literal["createdAt", "id", "key", "name", "updatedAt"] | None = None,
    ) -> list[types.FeatureAnswer] | types.FeaturePage:
        """List the features.

        Args:
            meter_slug: Only features of these meters.
            include_archived: List archived features, too.
            page: Page, counted from 1.
            page_size: Entries of a page.
            offset: Entries of a bare list left out at its start.
            limit: Most entries of a bare list.
            order: Direction.
            order_by: What to sort by.
        """
        answer: list[types.FeatureAnswer] | types.FeaturePage = read_either(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/features",
                        query={
                            "meterSlug": meter_slug,
                            "includeArchived": include_archived,
                            "page": page,
                            "pageSize": page_size,
                            "offset": offset,
                            "limit": limit,
                            "order": order,
                            "orderBy": order_by,
                        },
                    ),
                    is_repeatable=True,
                )
            ),
            list[types.FeatureAnswer] | types.FeaturePage,
        )
        return answer

    def create_feature(
        self,
        *,
        key: str,
        name: str,
        meter_slug: str | None = None,
        meter_group_by_filters: Mapping[str, str] | None = None,
        advanced_meter_group_by_filters: Mapping[str, Any] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> types.FeatureAnswer:
        """Create a feature, measured by a meter or not.

        Args:
            key: Its key: lower-case letters, digits and single underscores.
            name: For people.
            meter_slug: The meter that measures it.
            meter_group_by_filters: The text that a dimension must have, by key.
            advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$in": ["gpt-4o"]}}`.
            metadata: Your own labels.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/features",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "key": key,
                            "name": name,
                            "meterSlug": meter_slug,
                            "meterGroupByFilters": meter_group_by_filters,
                            "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                            "metadata": metadata,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.FeatureAnswer,
        )

    def get_feature(self, feature_id_or_key: str) -> types.FeatureAnswer:
        """Read one feature: an active one by its key, any by its id.

        Args:
            feature_id_or_key: The feature's id or key.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/features/{}", feature_id_or_key), is_repeatable=True)),
            types.FeatureAnswer,
        )

    def delete_feature(self, feature_id_or_key: str) -> None:
        """Archive a feature; a new one may take its key.

        Args:
            feature_id_or_key: The feature's id or key.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/features/{}", feature_id_or_key), is_repeatable=True))

    def get_default_rate_card(self, *, at: datetime | str | None = None) -> types.RateCardAnswer:
        """Read the version of the default rate card that holds at a moment; before a customer's own first one, the default card's.

        Args:
            at: The version that holds at this moment; now by default.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/rate-card", query={"at": at}), is_repeatable=True)), types.RateCardAnswer
        )

    def put_default_rate_card(
        self,
        *,
        key: str,
        currency: str,
        items: Sequence[types.RateCardItem],
        since: datetime | str | None = None,
        minimum: Decimal | int | None = None,
    ) -> types.RateCardAnswer:
        """Add a version of the default rate card, or replace the one with the same date; closed periods stay as they are.

        Args:
            key: For people.
            currency: ISO 4217 code of every amount.
            items: What is charged for.
            since: From when on it holds, until the next version's; now by default.
            minimum: Least charge of a period.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path="/api/v1/rate-card",
                    is_repeatable=True,
                    body=json_body({"key": key, "currency": currency, "items": items, "since": since, "minimum": minimum}),
                    content_type=JSON_TYPE,
                )
            ),
            types.RateCardAnswer,
        )

    def list_default_rate_card_versions(self) -> list[types.RateCardAnswer]:
        """List the versions of the default rate card, the latest to begin first."""
        return read(self._send(Request(method="GET", path="/api/v1/rate-card/versions", is_repeatable=True)), list[types.RateCardAnswer])

    def get_customer_rate_card(self, customer_id_or_key: str, *, at: datetime | str | None = None) -> types.RateCardAnswer:
        """Read the version of a customer's rate card that holds at a moment; before a customer's own first one, the default card's.

        Args:
            customer_id_or_key: The customer's id or key.
            at: The version that holds at this moment; now by default.
        """
        return read(
            self._send(
                Request(
                    method="GET", path=path_of("/api/v1/customers/{}/rate-card", customer_id_or_key, query={"at": at}), is_repeatable=True
                )
            ),
            types.RateCardAnswer,
        )

    def put_customer_rate_card(
        self,
        customer_id_or_key: str,
        *,
        key: str,
        currency: str,
        items: Sequence[types.RateCardItem],
        since: datetime | str | None = None,
        minimum: Decimal | int | None = None,
    ) -> types.RateCardAnswer:
        """Add a version of a customer's rate card, or replace the one with the same date; closed periods stay as they are.

        Args:
            customer_id_or_key: The customer's id or key.
            key: For people.
            currency: ISO 4217 code of every amount.
            items: What is charged for.
            since: From when on it holds, until the next version's; now by default.
            minimum: Least charge of a period.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path=path_of("/api/v1/customers/{}/rate-card", customer_id_or_key),
                    is_repeatable=True,
                    body=json_body({"key": key, "currency": currency, "items": items, "since": since, "minimum": minimum}),
                    content_type=JSON_TYPE,
                )
            ),
            types.RateCardAnswer,
        )

    def list_customer_rate_card_versions(self, customer_id_or_key: str) -> list[types.RateCardAnswer]:
        """List the versions of a customer's rate card, the latest to begin first.

        Args:
            customer_id_or_key: The customer's id or key.
        """
        return read(
            self._send(
                Request(method="GET", path=path_of("/api/v1/customers/{}/rate-card/versions", customer_id_or_key), is_repeatable=True)
            ),
            list[types.RateCardAnswer],
        )

    def delete_rate_card_version(self, rate_card_id: str) -> None:
        """Delete a version of any rate card; the one before it holds on.

        Args:
            rate_card_id: The id of the version.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/rate-card/versions/{}", rate_card_id), is_repeatable=True))

    def get_charges(
        self,
        customer_id_or_key: str,
        *,
        month: str | None = None,
        time_zone: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> types.ChargeAnswer:
        """Tell what a customer is charged for a period: as it was closed, or as it stands now.

        Args:
            customer_id_or_key: The customer's id or key.
            month: A calendar month, such as 2026-11; instead of from and to.
            time_zone: IANA zone whose month it is.
            from_: First event time, inclusive.
            to: End of the event times, exclusive.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/customers/{}/charges",
                        customer_id_or_key,
                        query={"month": month, "timeZone": time_zone, "from": from_, "to": to},
                    ),
                    is_repeatable=True,
                )
            ),
            types.ChargeAnswer,
        )

    def close_period(
        self,
        *,
        customer: str | None = None,
        month: str | None = None,
        time_zone: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        accept_uncharged: bool | None = None,
        after_customer: str | None = None,
        limit: int | None = None,
    ) -> types.ClosingAnswer:
        """Close a period of one customer or of each; what comes later for it is charged in the next one. Twice changes nothing.

        Args:
            customer: Id or key; every customer, each by itself, when missing.
            month: A calendar month, such as 2026-11; instead of from and to.
            time_zone: IANA zone whose month it is.
            from_: First event time, inclusive.
            to: End of the event times, exclusive; not in the future.
            accept_uncharged: Close it although usage in it could not be charged.
            after_customer: Without a customer: only those whose id comes behind this one, the `next` of the answer before.
            limit: Without a customer: most of one call; all by default, which takes some 50 ms for each.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/periods/close",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "customer": customer,
                            "month": month,
                            "timeZone": time_zone,
                            "from": from_,
                            "to": to,
                            "acceptUncharged": accept_uncharged,
                            "afterCustomer": after_customer,
                            "limit": limit,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.ClosingAnswer,
        )

    def list_periods(self, *, customer: str | None = None, page: int | None = None, page_size: int | None = None) -> types.PeriodPage:
        """List the closed periods, in the order in which they were closed, by pages.

        Args:
            customer: Only those of this customer, by id or key.
            page: Page, counted from 1.
            page_size: Entries of a page.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/periods", query={"customer": customer, "page": page, "pageSize": page_size}),
                    is_repeatable=True,
                )
            ),
            types.PeriodPage,
        )

    def iterate_periods(self, *, customer: str | None = None, page_size: int = 100) -> Iterator[types.PeriodAnswer]:
        """List the closed periods, in the order in which they were closed, by pages; goes through all pages.

        Args:
            customer: Only those of this customer, by id or key.
            page_size: Entries of a page.
        """
        page = 1
        while True:
            answer = self.list_periods(customer=customer, page=page, page_size=page_size)
            for item in answer.items:
                yield item
            if len(answer.items) < page_size:
                return
            page += 1

    def get_period(self, period_id: str) -> types.ChargeAnswer:
        """Read one closed period with its lines, as JSON, or by the accept header as CSV or JSON lines.

        Args:
            period_id: The id of the closed period.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/periods/{}", period_id), is_repeatable=True)), types.ChargeAnswer
        )

    def get_period_file(self, period_id: str, *, media_type: Literal["text/csv", "application/x-ndjson"] = "text/csv") -> bytes:
        """Read one closed period with its lines, as JSON, or by the accept header as CSV or JSON lines.

        Args:
            period_id: The id of the closed period.
            media_type: The form of the answer.
        """
        return (
            self._send(
                Request(method="GET", path=path_of("/api/v1/periods/{}", period_id), is_repeatable=True, headers={"accept": media_type})
            )
        ).body

    def create_portal_token(
        self,
        *,
        subject: str,
        allowed_meter_slugs: Sequence[str] | None = None,
        expires_at: datetime | str | None = None,
        id: str | None = None,
        expired: bool | None = None,
        created_at: str | None = None,
        token: str | None = None,
    ) -> types.PortalTokenAnswer:
        """Make a token that shows one subject its own usage.

        Args:
            subject: Whose usage it shows.
            allowed_meter_slugs: The only meters it shows; when not given, all but those of cost.
            expires_at: At most 24 hours from now; an hour when not given.
            id: Read-only; not looked at.
            expired: Read-only; not looked at.
            created_at: Read-only; not looked at.
            token: Read-only; not looked at.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/portal/tokens",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "subject": subject,
                            "allowedMeterSlugs": allowed_meter_slugs,
                            "expiresAt": expires_at,
                            "id": id,
                            "expired": expired,
                            "createdAt": created_at,
                            "token": token,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.PortalTokenAnswer,
        )

    def list_portal_tokens(self, *, limit: int | None = None) -> list[types.PortalTokenAnswer]:
        """List the newest tokens, without their texts.

        Args:
            limit: Most tokens returned.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/portal/tokens", query={"limit": limit}), is_repeatable=True)),
            list[types.PortalTokenAnswer],
        )

    def invalidate_portal_tokens(self, *, id: str | None = None, subject: str | None = None) -> None:
        """Take tokens back.

        Args:
            id: Id.
            subject: Subject.
        """
        self._send(
            Request(
                method="POST",
                path="/api/v1/portal/tokens/invalidate",
                is_repeatable=False,
                body=json_body({"id": id, "subject": subject}),
                content_type=JSON_TYPE,
            )
        )

    def get_portal(self) -> types.PortalAnswer:
        """Tell what the token shows: whose usage, which meters, until when."""
        return read(self._send(Request(method="GET", path="/api/v1/portal/meters", is_repeatable=True)), types.PortalAnswer)

    def query_portal_meter(
        self,
        meter_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: str | None = None,
    ) -> UsageResult:
        """Ask for the usage of the token's subject.

        Args:
            meter_slug: The meter's slug.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                self._send(
                    Request(
                        method="GET",
                        path=path_of(
                            "/api/v1/portal/meters/{}/query",
                            meter_slug,
                            query={
                                "from": from_,
                                "to": to,
                                "windowSize": window_size,
                                "windowTimeZone": window_time_zone,
                                "subject": subject,
                                "filterCustomerId": filter_customer_id,
                                "groupBy": group_by,
                                "clientId": client_id,
                                "filterGroupBy": filter_group_by,
                                "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                            },
                        ),
                        is_repeatable=True,
                    )
                ),
                types.UsageAnswer,
            )
        )

    def query_portal_meter_file(
        self,
        meter_slug: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        window_size: str | None = None,
        window_time_zone: str | None = None,
        subject: Sequence[str] = (),
        filter_customer_id: Sequence[str] = (),
        group_by: Sequence[str] = (),
        client_id: str | None = None,
        filter_group_by: Mapping[str, Sequence[str]] | None = None,
        advanced_meter_group_by_filters: str | None = None,
        media_type: Literal[
            "text/csv", "application/x-ndjson", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
        ] = "text/csv",
    ) -> bytes:
        """Ask for the usage of the token's subject.

        Args:
            meter_slug: The meter's slug.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Ids; only these customers, one by one.
            group_by: The meter's dimensions, `subject`, and with customers `customer_id`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/portal/meters/{}/query",
                        meter_slug,
                        query={
                            "from": from_,
                            "to": to,
                            "windowSize": window_size,
                            "windowTimeZone": window_time_zone,
                            "subject": subject,
                            "filterCustomerId": filter_customer_id,
                            "groupBy": group_by,
                            "clientId": client_id,
                            "filterGroupBy": filter_group_by,
                            "advancedMeterGroupByFilters": advanced_meter_group_by_filters,
                        },
                    ),
                    is_repeatable=True,
                    headers={"accept": media_type},
                )
            )
        ).body

    def list_keys(self) -> list[types.KeyAnswer]:
        """List the API keys, without their texts."""
        return read(self._send(Request(method="GET", path="/api/v1/keys", is_repeatable=True)), list[types.KeyAnswer])

    def create_key(
        self,
        *,
        name: str,
        scopes: Sequence[Literal["admin", "ingest", "read"]],
        subjects: Sequence[str] | None = None,
        sources: Sequence[str] | None = None,
        requests_per_second: int | None = None,
        expires_at: datetime | str | None = None,
    ) -> types.KeyAnswer:
        """Make an API key; its text is shown once. The first admin key ends the open mode.

        Args:
            name: For people.
            scopes: `ingest` sends events, `read` asks, `admin` does everything.
            subjects: The only subjects it may write or see.
            sources: The only sources it may write.
            requests_per_second: Limit.
            expires_at: From when on it is refused.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v1/keys",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "name": name,
                            "scopes": scopes,
                            "subjects": subjects,
                            "sources": sources,
                            "requestsPerSecond": requests_per_second,
                            "expiresAt": expires_at,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.KeyAnswer,
        )

    def get_key(self, key_id: str) -> types.KeyAnswer:
        """Read one key, without its text.

        Args:
            key_id: The key's id.
        """
        return read(self._send(Request(method="GET", path=path_of("/api/v1/keys/{}", key_id), is_repeatable=True)), types.KeyAnswer)

    def rotate_key(self, key_id: str, *, grace_seconds: int | None = None) -> types.KeyAnswer:
        """Make a key with the same rights; the old one ends, now or after a grace.

        Args:
            key_id: The key's id.
            grace_seconds: How long the old key goes on.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v1/keys/{}/rotate", key_id),
                    is_repeatable=False,
                    body=json_body({"graceSeconds": grace_seconds}),
                    content_type=JSON_TYPE,
                )
            ),
            types.KeyAnswer,
        )

    def revoke_key(self, key_id: str) -> None:
        """End a key now.

        Args:
            key_id: The key's id.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v1/keys/{}", key_id), is_repeatable=True))

    def list_audit(self, *, before: int | None = None, limit: int | None = None) -> list[types.StoredEntry]:
        """List management calls, newest first.

        Args:
            before: Only entries with a smaller number: the last one of the page before.
            limit: Most entries returned.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/audit", query={"before": before, "limit": limit}), is_repeatable=True)),
            list[types.StoredEntry],
        )

    def iterate_audit(self, *, before: int | None = None, limit: int | None = None) -> Iterator[types.StoredEntry]:
        """List management calls, newest first; goes through all pages.

        Args:
            before: Only entries with a smaller number: the last one of the page before.
            limit: Most entries returned.
        """
        while True:
            answer = self.list_audit(before=before, limit=limit)
            for item in answer:
                yield item
            if not answer:
                return
            before = answer[-1].number

    def verify_audit(self) -> types.AuditVerified:
        """Check that no entry was changed or removed."""
        return read(self._send(Request(method="GET", path="/api/v1/audit/verify", is_repeatable=True)), types.AuditVerified)

    def list_prices(
        self,
        *,
        provider: str | None = None,
        search: str | None = None,
        tier: str | None = None,
        at: datetime | str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> types.PricePage:
        """List what each tier of each model costs, by the newest prices.

        Args:
            provider: Of this provider.
            search: Of models whose name contains this.
            tier: Of this service tier, such as `standard` or `batch`.
            at: The prices that hold at this moment; now by default.
            page: Page, counted from 1.
            page_size: Entries of a page.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of(
                        "/api/v1/prices",
                        query={"provider": provider, "search": search, "tier": tier, "at": at, "page": page, "pageSize": page_size},
                    ),
                    is_repeatable=True,
                )
            ),
            types.PricePage,
        )

    def iterate_prices(
        self,
        *,
        provider: str | None = None,
        search: str | None = None,
        tier: str | None = None,
        at: datetime | str | None = None,
        page_size: int = 100,
    ) -> Iterator[types.ListedPrice]:
        """List what each tier of each model costs, by the newest prices; goes through all pages.

        Args:
            provider: Of this provider.
            search: Of models whose name contains this.
            tier: Of this service tier, such as `standard` or `batch`.
            at: The prices that hold at this moment; now by default.
            page_size: Entries of a page.
        """
        page = 1
        while True:
            answer = self.list_prices(provider=provider, search=search, tier=tier, at=at, page=page, page_size=page_size)
            for item in answer.items:
                yield item
            if len(answer.items) < page_size:
                return
            page += 1

    def get_price_history(self, *, provider: str, model: str, source: str | None = None) -> types.PriceHistory:
        """Tell which model a name means, and every price that it has or had, with dates and sources.

        Args:
            provider: As events name it.
            model: As the provider returns it.
            source: An event's source, whose address says whose prices hold.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/prices/history", query={"provider": provider, "model": model, "source": source}),
                    is_repeatable=True,
                )
            ),
            types.PriceHistory,
        )

    def list_unpriced(self, *, from_: datetime | str | None = None, to: datetime | str | None = None) -> list[types.UnpricedUsageModel]:
        """List the models that were used and have no price, with how often, first and last.

        Args:
            from_: First event time, inclusive.
            to: Last event time, exclusive.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v1/prices/unpriced", query={"from": from_, "to": to}), is_repeatable=True)),
            list[types.UnpricedUsageModel],
        )

    def list_price_versions(self) -> types.PriceJournal:
        """List the versions of the price book, and what was priced anew."""
        return read(self._send(Request(method="GET", path="/api/v1/prices/versions", is_repeatable=True)), types.PriceJournal)

    def get_price_overrides(self) -> types.Document:
        """Read the price document that was set over the API."""
        return read(self._send(Request(method="GET", path="/api/v1/prices/overrides", is_repeatable=True)), types.Document)

    def set_price_overrides(
        self,
        *,
        name: str,
        made_on: date | str,
        format: int | None = None,
        currency: str | None = None,
        providers: Mapping[str, types.Provider] | None = None,
    ) -> types.PriceBookVersion:
        """Replace the price document of your own; its prices hold for the events to come and go before all others.

        Args:
            name: Names the document in every price record.
            made_on: When its prices were collected.
            format: Version of this form.
            currency: ISO 4217.
            providers: Providers by name.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path="/api/v1/prices/overrides",
                    is_repeatable=True,
                    body=json_body({"name": name, "made_on": made_on, "format": format, "currency": currency, "providers": providers}),
                    content_type=JSON_TYPE,
                )
            ),
            types.PriceBookVersion,
        )

    def delete_price_overrides(self) -> None:
        """Let the prices that ship with Meterlark and those of the settings' file hold for the events to come."""
        self._send(Request(method="DELETE", path="/api/v1/prices/overrides", is_repeatable=True))

    def reprice(
        self,
        *,
        dry_run: bool | None = None,
        version: int | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        customers: Sequence[str] = (),
        subjects: Sequence[str] = (),
        providers: Sequence[str] = (),
        models: Sequence[str] = (),
    ) -> types.RepriceAnswer:
        """Price events that are stored anew; a second time changes nothing. Queries of their cost wait until it is done.

        Args:
            dry_run: Say what would change, and change nothing.
            version: Number of the version of the price book; the newest by default.
            from_: First event time.
            to: End of the event times, exclusive.
            customers: Events of these customers, by id or key.
            subjects: Events of these subjects.
            providers: Events of these providers, as they name them.
            models: Events of these models, as the provider returned them.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v1/prices/reprice", query={"dry_run": dry_run}),
                    is_repeatable=False,
                    body=json_body(
                        {
                            "version": version,
                            "from": from_,
                            "to": to,
                            "customers": customers,
                            "subjects": subjects,
                            "providers": providers,
                            "models": models,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.RepriceAnswer,
        )

    def list_currencies(self) -> list[types.Currency]:
        """List the currencies of ISO 4217."""
        return read(self._send(Request(method="GET", path="/api/v1/info/currencies", is_repeatable=True)), list[types.Currency])

    def get_progress(self, id: str) -> types.Progress:
        """Tell how far a question is that was sent with a `clientId`.

        Args:
            id: The question's clientId.
        """
        return read(self._send(Request(method="GET", path=path_of("/api/v1/info/progress/{}", id), is_repeatable=True)), types.Progress)

    def get_debug_metrics(self) -> str:
        """The same as `/metrics`."""
        return read_text(self._send(Request(method="GET", path="/api/v1/debug/metrics", is_repeatable=True)))

    def list_metering_events(
        self, *, page: Mapping[str, Sequence[str]] | None = None, filter: Mapping[str, Sequence[str]] | None = None, sort: str | None = None
    ) -> types.V3MeteringEventsPage:
        """List stored events by pages, newest event time first.

        Args:
            page: `page[size]`, and `page[after]` with the cursor of the page before.
            filter: `filter[subject][eq]=acme`: fields are id, source, subject, type, customer_id, time, ingested_at and stored_at;
                operators eq (also left out), neq, oeq (any of a list with commas), contains, gt, gte, lt, lte.
            sort: `time desc`, the only order.
        """
        return read(
            self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v3/openmeter/events", query={"page": page, "filter": filter, "sort": sort}),
                    is_repeatable=True,
                )
            ),
            types.V3MeteringEventsPage,
        )

    def iterate_metering_events(
        self, *, page_size: int = 100, filter: Mapping[str, Sequence[str]] | None = None, sort: str | None = None
    ) -> Iterator[types.V3MeteringEventAnswer]:
        """List stored events by pages, newest event time first; goes through all pages.

        Args:
            page_size: Entries of a page.
            filter: `filter[subject][eq]=acme`: fields are id, source, subject, type, customer_id, time, ingested_at and stored_at;
                operators eq (also left out), neq, oeq (any of a list with commas), contains, gt, gte, lt, lte.
            sort: `time desc`, the only order.
        """
        after: dict[str, list[str]] = {}
        while True:
            answer = self.list_metering_events(page={"size": [str(page_size)], **after}, filter=filter, sort=sort)
            for item in answer.data:
                yield item
            if answer.meta.page.next is None:
                return
            after = {"after": [cursor_of(answer.meta.page.next)]}

    def ingest_metering_events(self, events: Events) -> types.IngestResult:
        """Store one event or a batch; each identity (source, id) is counted once, for ever.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v3/openmeter/events"),
                    is_repeatable=True,
                    body=events_body(events),
                    content_type=BATCH_TYPE,
                    headers={"prefer": "return=representation"},
                )
            ),
            types.IngestResult,
        )

    def dry_run_metering_events(self, events: Events) -> types.DryRunResult:
        """Tell what would become of events, and store nothing.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v3/openmeter/events", query={"dry_run": True}),
                    is_repeatable=True,
                    body=events_body(events),
                    content_type=BATCH_TYPE,
                )
            ),
            types.DryRunResult,
        )

    def list_meters_v3(self, *, page: Mapping[str, Sequence[str]] | None = None, sort: str | None = None) -> types.MetersV3Page:
        """List the meters, by pages.

        Args:
            page: `page[number]`, counted from 1, and `page[size]`.
            sort: key, name, aggregation, created_at or updated_at, with ` desc` for the other way round.
        """
        return read(
            self._send(
                Request(method="GET", path=path_of("/api/v3/openmeter/meters", query={"page": page, "sort": sort}), is_repeatable=True)
            ),
            types.MetersV3Page,
        )

    def iterate_meters_v3(self, *, page_size: int = 100, sort: str | None = None) -> Iterator[types.MeterV3Answer]:
        """List the meters, by pages; goes through all pages.

        Args:
            page_size: Entries of a page.
            sort: key, name, aggregation, created_at or updated_at, with ` desc` for the other way round.
        """
        number = 1
        while True:
            answer = self.list_meters_v3(page={"number": [str(number)], "size": [str(page_size)]}, sort=sort)
            for item in answer.data:
                yield item
            if len(answer.data) < page_size:
                return
            number += 1

    def create_meter_v3(
        self,
        *,
        name: str,
        key: str,
        aggregation: Literal["avg", "count", "latest", "max", "min", "sum", "unique_count"],
        event_type: str,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        dimensions: Mapping[str, str] | None = None,
        value_property: str | None = None,
        events_from: datetime | str | None = None,
    ) -> types.MeterV3Answer:
        """Create a meter; events already stored are counted by it, too.

        Args:
            name: For people.
            key: Lower-case letters, digits and single underscores.
            aggregation: How measurements become usage.
            event_type: Events whose `type` equals this are measured.
            description: For people.
            labels: Your own labels.
            dimensions: JSONPath of each dimension by its key.
            value_property: JSONPath of the value in `data`; not for count.
            events_from: Events before this time are not counted.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v3/openmeter/meters",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "name": name,
                            "description": description,
                            "labels": labels,
                            "dimensions": dimensions,
                            "key": key,
                            "aggregation": aggregation,
                            "event_type": event_type,
                            "value_property": value_property,
                            "events_from": events_from,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.MeterV3Answer,
        )

    def get_meter_v3(self, meter_id: str) -> types.MeterV3Answer:
        """Read one meter.

        Args:
            meter_id: The meter's id.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v3/openmeter/meters/{}", meter_id), is_repeatable=True)),
            types.MeterV3Answer,
        )

    def update_meter_v3(
        self,
        meter_id: str,
        *,
        name: str,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        dimensions: Mapping[str, str] | None = None,
    ) -> types.MeterV3Answer:
        """Change a meter's name, description, labels and dimensions.

        Args:
            meter_id: The meter's id.
            name: For people.
            description: For people.
            labels: Your own labels.
            dimensions: JSONPath of each dimension by its key.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path=path_of("/api/v3/openmeter/meters/{}", meter_id),
                    is_repeatable=True,
                    body=json_body({"name": name, "description": description, "labels": labels, "dimensions": dimensions}),
                    content_type=JSON_TYPE,
                )
            ),
            types.MeterV3Answer,
        )

    def delete_meter_v3(self, meter_id: str) -> None:
        """Delete a meter; its events stay.

        Args:
            meter_id: The meter's id.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v3/openmeter/meters/{}", meter_id), is_repeatable=True))

    def query_meter_v3(
        self,
        meter_id: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        granularity: Literal["P1D", "P1M", "PT1H", "PT1M"] | None = None,
        time_zone: str | None = None,
        group_by_dimensions: Sequence[str] = (),
        filters: types.V3QueryFilters | None = None,
    ) -> types.V3MeterQueryAnswer:
        """Ask for usage; every event acknowledged before is in the answer.

        Args:
            meter_id: The meter's id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            granularity: Length of the windows.
            time_zone: IANA name of the zone whose clock cuts the windows.
            group_by_dimensions: The meter's dimensions, `subject`, and with customers `customer_id`.
            filters: Conditions.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v3/openmeter/meters/{}/query", meter_id),
                    is_repeatable=True,
                    body=json_body(
                        {
                            "from": from_,
                            "to": to,
                            "granularity": granularity,
                            "time_zone": time_zone,
                            "group_by_dimensions": group_by_dimensions,
                            "filters": filters,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.V3MeterQueryAnswer,
        )

    def query_meter_v3_file(
        self,
        meter_id: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        granularity: Literal["P1D", "P1M", "PT1H", "PT1M"] | None = None,
        time_zone: str | None = None,
        group_by_dimensions: Sequence[str] = (),
        filters: types.V3QueryFilters | None = None,
        media_type: Literal["text/csv"] = "text/csv",
    ) -> bytes:
        """Ask for usage; every event acknowledged before is in the answer.

        Args:
            meter_id: The meter's id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            granularity: Length of the windows.
            time_zone: IANA name of the zone whose clock cuts the windows.
            group_by_dimensions: The meter's dimensions, `subject`, and with customers `customer_id`.
            filters: Conditions.
            media_type: The form of the answer.
        """
        return (
            self._send(
                Request(
                    method="POST",
                    path=path_of("/api/v3/openmeter/meters/{}/query", meter_id),
                    is_repeatable=True,
                    body=json_body(
                        {
                            "from": from_,
                            "to": to,
                            "granularity": granularity,
                            "time_zone": time_zone,
                            "group_by_dimensions": group_by_dimensions,
                            "filters": filters,
                        }
                    ),
                    content_type=JSON_TYPE,
                    headers={"accept": media_type},
                )
            )
        ).body

    def list_customers_v3(self, *, page: Mapping[str, Sequence[str]] | None = None, sort: str | None = None) -> types.CustomersV3Page:
        """List the customers, by pages.

        Args:
            page: `page[number]`, counted from 1, and `page[size]`.
            sort: id, name or created_at, with ` desc` for the other way round.
        """
        return read(
            self._send(
                Request(method="GET", path=path_of("/api/v3/openmeter/customers", query={"page": page, "sort": sort}), is_repeatable=True)
            ),
            types.CustomersV3Page,
        )

    def iterate_customers_v3(self, *, page_size: int = 100, sort: str | None = None) -> Iterator[types.CustomerV3Answer]:
        """List the customers, by pages; goes through all pages.

        Args:
            page_size: Entries of a page.
            sort: id, name or created_at, with ` desc` for the other way round.
        """
        number = 1
        while True:
            answer = self.list_customers_v3(page={"number": [str(number)], "size": [str(page_size)]}, sort=sort)
            for item in answer.data:
                yield item
            if len(answer.data) < page_size:
                return
            number += 1

    def create_customer_v3(
        self,
        *,
        name: str,
        key: str,
        usage_attribution: types.V3SubjectKeys | None = None,
        description: str | None = None,
        primary_email: str | None = None,
        currency: str | None = None,
        billing_address: types.V3BillingAddress | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> types.CustomerV3Answer:
        """Create a customer; events of its subjects that are already stored are its own.

        Args:
            name: For people.
            key: Your own id of it; events with it as subject count for the customer.
            usage_attribution: Further subjects.
            description: For people.
            primary_email: Where to write to.
            currency: ISO 4217 code.
            billing_address: Where bills go.
            labels: Your own labels.
        """
        return read(
            self._send(
                Request(
                    method="POST",
                    path="/api/v3/openmeter/customers",
                    is_repeatable=False,
                    body=json_body(
                        {
                            "name": name,
                            "usage_attribution": usage_attribution,
                            "description": description,
                            "primary_email": primary_email,
                            "currency": currency,
                            "billing_address": billing_address,
                            "labels": labels,
                            "key": key,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.CustomerV3Answer,
        )

    def get_customer_v3(self, customer_id: str) -> types.CustomerV3Answer:
        """Read one customer.

        Args:
            customer_id: The customer's id.
        """
        return read(
            self._send(Request(method="GET", path=path_of("/api/v3/openmeter/customers/{}", customer_id), is_repeatable=True)),
            types.CustomerV3Answer,
        )

    def update_customer_v3(
        self,
        customer_id: str,
        *,
        name: str,
        usage_attribution: types.V3SubjectKeys | None = None,
        description: str | None = None,
        primary_email: str | None = None,
        currency: str | None = None,
        billing_address: types.V3BillingAddress | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> types.CustomerV3Answer:
        """Replace a customer's definition, all but its key.

        Args:
            customer_id: The customer's id.
            name: For people.
            usage_attribution: Further subjects.
            description: For people.
            primary_email: Where to write to.
            currency: ISO 4217 code.
            billing_address: Where bills go.
            labels: Your own labels.
        """
        return read(
            self._send(
                Request(
                    method="PUT",
                    path=path_of("/api/v3/openmeter/customers/{}", customer_id),
                    is_repeatable=True,
                    body=json_body(
                        {
                            "name": name,
                            "usage_attribution": usage_attribution,
                            "description": description,
                            "primary_email": primary_email,
                            "currency": currency,
                            "billing_address": billing_address,
                            "labels": labels,
                        }
                    ),
                    content_type=JSON_TYPE,
                )
            ),
            types.CustomerV3Answer,
        )

    def delete_customer_v3(self, customer_id: str) -> None:
        """Delete a customer; its events stay.

        Args:
            customer_id: The customer's id.
        """
        self._send(Request(method="DELETE", path=path_of("/api/v3/openmeter/customers/{}", customer_id), is_repeatable=True))

    def live(self) -> types.HealthAnswer:
        """Tell that the process is alive."""
        return read(self._send(Request(method="GET", path="/healthz/live", is_repeatable=True)), types.HealthAnswer)

    def ready(self) -> types.HealthAnswer:
        """Tell whether the server can take events and answer questions."""
        return read(self._send(Request(method="GET", path="/healthz/ready", is_repeatable=True)), types.HealthAnswer)

    def metrics(self) -> str:
        """Operational metrics in the Prometheus text format; not for billing."""
        return read_text(self._send(Request(method="GET", path="/metrics", is_repeatable=True)))

    def get_open_api(self) -> dict[Any, Any]:
        """This document."""
        return read(self._send(Request(method="GET", path="/api/openapi.json", is_repeatable=True)), dict[Any, Any])

    def get_swagger(self) -> dict[Any, Any]:
        """This document."""
        return read(self._send(Request(method="GET", path="/api/swagger.json", is_repeatable=True)), dict[Any, Any])
