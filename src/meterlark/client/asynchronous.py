"""The asynchronous; the requests run in threads client: every operation of the server. Written by `script/typegen`; do not edit."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self

from meterlark.client import types
from meterlark.client.request import (
    BATCH_TYPE,
    JSON_TYPE,
    Events,
    Request,
    events_body,
    json_body,
    path_of,
    read,
    read_text,
)
from meterlark.client.transport import RETRIES_MAX, Transport
from meterlark.client.usage import UsageResult
from meterlark.sdk.api import Reply
from meterlark.sdk.meter import DEFAULT_URL


class AsyncClient:
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

    async def aclose(self) -> None:
        """Close the idle connections."""
        await asyncio.to_thread(self._transport.close)

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        await self.aclose()

    async def _send(self, request: Request) -> Reply:
        return await asyncio.to_thread(self._transport.send, request)

    async def ingest_events(self, events: Events) -> types.IngestResult:
        """Store one event or a batch; each identity (source, id) is counted once, for ever.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            await self._send(
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

    async def dry_run_events(self, events: Events) -> types.DryRunResult:
        """Tell what would become of events, and store nothing.

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(
            await self._send(
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

    async def list_events(
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
            await self._send(
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

    async def explain_event(self, *, id: str, source: str) -> types.EventStory:
        """Tell everything about one event: which meters measured it, with which value, or why not; and what came again.

        Args:
            id: The event's id.
            source: The event's source.
        """
        return read(
            await self._send(
                Request(method="GET", path=path_of("/api/v1/events/explain", query={"id": id, "source": source}), is_repeatable=True)
            ),
            types.EventStory,
        )

    async def list_conflicts(self, *, limit: int | None = None) -> list[types.OtherContent]:
        """List other contents that came under the identity of a stored event, newest first.

        Args:
            limit: Most conflicts returned.
        """
        return read(
            await self._send(Request(method="GET", path=path_of("/api/v1/events/conflicts", query={"limit": limit}), is_repeatable=True)),
            list[types.OtherContent],
        )

    async def list_meters(
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
            await self._send(
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

    async def iterate_meters(
        self,
        *,
        page_size: int = 1000,
        order_by: Literal["aggregation", "createdAt", "key", "name", "updatedAt"] | None = None,
        order: Literal["ASC", "DESC"] | None = None,
        include_deleted: bool | None = None,
    ) -> AsyncIterator[types.MeterAnswer]:
        """List the meters; goes through all pages.

        Args:
            page_size: Meters of a page.
            order_by: What to sort by.
            order: Direction.
            include_deleted: List deleted meters, too.
        """
        page = 1
        while True:
            answer = await self.list_meters(page=page, page_size=page_size, order_by=order_by, order=order, include_deleted=include_deleted)
            for item in answer:
                yield item
            if len(answer) < page_size:
                return
            page += 1

    async def create_meter(
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
            await self._send(
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

    async def get_meter(self, meter_id_or_slug: str) -> types.MeterAnswer:
        """Read one meter.

        Args:
            meter_id_or_slug: The meter's slug or id.
        """
        return read(
            await self._send(Request(method="GET", path=path_of("/api/v1/meters/{}", meter_id_or_slug), is_repeatable=True)),
            types.MeterAnswer,
        )

    async def update_meter(
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
            await self._send(
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

    async def delete_meter(self, meter_id_or_slug: str) -> None:
        """Delete a meter; its events stay.

        Args:
            meter_id_or_slug: The meter's slug or id.
        """
        await self._send(Request(method="DELETE", path=path_of("/api/v1/meters/{}", meter_id_or_slug), is_repeatable=True))

    async def query_meter(
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
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                await self._send(
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

    async def query_meter_file(
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
        media_type: Literal["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"] = "text/csv",
    ) -> bytes:
        """Ask for usage; every event acknowledged before is in the answer.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            await self._send(
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

    async def query_meter_post(
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
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                await self._send(
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

    async def query_meter_post_file(
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
        media_type: Literal["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"] = "text/csv",
    ) -> bytes:
        """The same, with the question in the body.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            await self._send(
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

    async def list_meter_subjects(
        self, meter_id_or_slug: str, *, from_: datetime | str | None = None, to: datetime | str | None = None
    ) -> list[str]:
        """List the subjects that have events of the meter's type.

        Args:
            meter_id_or_slug: The meter's slug or id.
            from_: First event time looked at, inclusive.
            to: End of the event times looked at, exclusive.
        """
        return read(
            await self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/meters/{}/subjects", meter_id_or_slug, query={"from": from_, "to": to}),
                    is_repeatable=True,
                )
            ),
            list[str],
        )

    async def list_meter_group_by_values(
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
            await self._send(
                Request(
                    method="GET",
                    path=path_of("/api/v1/meters/{}/group-by/{}/values", meter_id_or_slug, group_by_key, query={"from": from_, "to": to}),
                    is_repeatable=True,
                )
            ),
            list[str],
        )

    async def create_portal_token(
        self,
        *,
        subject: str,
        allowed_meter_slugs: Sequence[str] | None = None,
        expires_at: datetime | str | None = None,
        id: str | None = None,
        expired: bool | None = None,
        created_at: datetime | str | None = None,
        token: str | None = None,
    ) -> types.PortalTokenAnswer:
        """Make a token that shows one subject its own usage.

        Args:
            subject: Whose usage it shows.
            allowed_meter_slugs: The only meters it shows; all when not given.
            expires_at: At most 24 hours from now; an hour when not given.
            id: Read-only; not looked at.
            expired: Read-only; not looked at.
            created_at: Read-only; not looked at.
            token: Read-only; not looked at.
        """
        return read(
            await self._send(
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

    async def list_portal_tokens(self, *, limit: int | None = None) -> list[types.PortalTokenAnswer]:
        """List the newest tokens, without their texts.

        Args:
            limit: Most tokens returned.
        """
        return read(
            await self._send(Request(method="GET", path=path_of("/api/v1/portal/tokens", query={"limit": limit}), is_repeatable=True)),
            list[types.PortalTokenAnswer],
        )

    async def invalidate_portal_tokens(self, *, id: str | None = None, subject: str | None = None) -> None:
        """Take tokens back.

        Args:
            id: Id.
            subject: Subject.
        """
        await self._send(
            Request(
                method="POST",
                path="/api/v1/portal/tokens/invalidate",
                is_repeatable=False,
                body=json_body({"id": id, "subject": subject}),
                content_type=JSON_TYPE,
            )
        )

    async def query_portal_meter(
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
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
        """
        return UsageResult(
            read(
                await self._send(
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

    async def query_portal_meter_file(
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
        media_type: Literal["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"] = "text/csv",
    ) -> bytes:
        """Ask for the usage of the token's subject.

        Args:
            meter_slug: The meter's slug.
            from_: First event time counted, inclusive.
            to: End of the event times counted, exclusive.
            window_size: MINUTE, HOUR, DAY or MONTH.
            window_time_zone: IANA name of the zone whose clock cuts the windows.
            subject: Only these subjects; several split the rows.
            filter_customer_id: Only these customers.
            group_by: The meter's dimensions, and `subject`.
            client_id: Name of the client's request, for its own use.
            filter_group_by: Texts that may pass, by dimension.
            advanced_meter_group_by_filters: JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.
            media_type: The form of the answer.
        """
        return (
            await self._send(
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

    async def list_keys(self) -> list[types.KeyAnswer]:
        """List the API keys, without their texts."""
        return read(await self._send(Request(method="GET", path="/api/v1/keys", is_repeatable=True)), list[types.KeyAnswer])

    async def create_key(
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
            await self._send(
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

    async def get_key(self, key_id: str) -> types.KeyAnswer:
        """Read one key, without its text.

        Args:
            key_id: The key's id.
        """
        return read(await self._send(Request(method="GET", path=path_of("/api/v1/keys/{}", key_id), is_repeatable=True)), types.KeyAnswer)

    async def rotate_key(self, key_id: str, *, grace_seconds: int | None = None) -> types.KeyAnswer:
        """Make a key with the same rights; the old one ends, now or after a grace.

        Args:
            key_id: The key's id.
            grace_seconds: How long the old key goes on.
        """
        return read(
            await self._send(
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

    async def revoke_key(self, key_id: str) -> None:
        """End a key now.

        Args:
            key_id: The key's id.
        """
        await self._send(Request(method="DELETE", path=path_of("/api/v1/keys/{}", key_id), is_repeatable=True))

    async def list_audit(self, *, before: int | None = None, limit: int | None = None) -> list[types.StoredEntry]:
        """List management calls, newest first.

        Args:
            before: Only entries with a smaller number: the last one of the page before.
            limit: Most entries returned.
        """
        return read(
            await self._send(
                Request(method="GET", path=path_of("/api/v1/audit", query={"before": before, "limit": limit}), is_repeatable=True)
            ),
            list[types.StoredEntry],
        )

    async def iterate_audit(self, *, before: int | None = None, limit: int | None = None) -> AsyncIterator[types.StoredEntry]:
        """List management calls, newest first; goes through all pages.

        Args:
            before: Only entries with a smaller number: the last one of the page before.
            limit: Most entries returned.
        """
        while True:
            answer = await self.list_audit(before=before, limit=limit)
            for item in answer:
                yield item
            if not answer:
                return
            before = answer[-1].number

    async def verify_audit(self) -> types.AuditVerified:
        """Check that no entry was changed or removed."""
        return read(await self._send(Request(method="GET", path="/api/v1/audit/verify", is_repeatable=True)), types.AuditVerified)

    async def live(self) -> types.HealthAnswer:
        """Tell that the process is alive."""
        return read(await self._send(Request(method="GET", path="/healthz/live", is_repeatable=True)), types.HealthAnswer)

    async def ready(self) -> types.HealthAnswer:
        """Tell whether the server can take events and answer questions."""
        return read(await self._send(Request(method="GET", path="/healthz/ready", is_repeatable=True)), types.HealthAnswer)

    async def metrics(self) -> str:
        """Operational metrics in the Prometheus text format; not for billing."""
        return read_text(await self._send(Request(method="GET", path="/metrics", is_repeatable=True)))

    async def get_open_api(self) -> dict[Any, Any]:
        """This document."""
        return read(await self._send(Request(method="GET", path="/api/openapi.json", is_repeatable=True)), dict[Any, Any])
