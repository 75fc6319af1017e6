// Written by script/typegen; do not edit.
export interface paths {
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List stored events, newest event time first. */
        get: operations["listEvents"];
        put?: never;
        /** Store one event or a batch; each identity (source, id) is counted once, for ever. */
        post: operations["ingestEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell everything about one event: which meters measured it, with which value, or why not; and what came again. */
        get: operations["explainEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List other contents that came under the identity of a stored event, newest first. */
        get: operations["listConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow stored events as they come; each message is one event with its place in the ledger as id. */
        get: operations["tailEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the meters. */
        get: operations["listMeters"];
        put?: never;
        /** Create a meter; events already stored are counted by it, too. */
        post: operations["createMeter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meters/{meterIdOrSlug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one meter. */
        get: operations["getMeter"];
        /** Change a meter's name, description, metadata and dimensions. */
        put: operations["updateMeter"];
        post?: never;
        /** Delete a meter; its events stay. */
        delete: operations["deleteMeter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meters/{meterIdOrSlug}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask for usage; every event acknowledged before is in the answer. */
        get: operations["queryMeter"];
        put?: never;
        /** The same, with the question in the body. */
        post: operations["queryMeterPost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meters/{meterIdOrSlug}/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the subjects that have events of the meter's type. */
        get: operations["listMeterSubjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meters/{meterIdOrSlug}/group-by/{groupByKey}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the texts of one of the meter's dimensions. */
        get: operations["listMeterGroupByValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the newest tokens, without their texts. */
        get: operations["listPortalTokens"];
        put?: never;
        /** Make a token that shows one subject its own usage. */
        post: operations["createPortalToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal/tokens/invalidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take tokens back. */
        post: operations["invalidatePortalTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal/meters/{meterSlug}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask for the usage of the token's subject. */
        get: operations["queryPortalMeter"];
        put?: never;
        post?: never;
        delete?: never;
        /** Tell browsers that pages of any origin may ask. */
        options: operations["allowPortalOrigin"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the API keys, without their texts. */
        get: operations["listKeys"];
        put?: never;
        /** Make an API key; its text is shown once. The first admin key ends the open mode. */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one key, without its text. */
        get: operations["getKey"];
        put?: never;
        post?: never;
        /** End a key now. */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a key with the same rights; the old one ends, now or after a grace. */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List management calls, newest first. */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check that no entry was changed or removed. */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell that the process is alive. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell whether the server can take events and answer questions. */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Operational metrics in the Prometheus text format; not for billing. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Aggregation
         * @description How measurements become usage; written in capitals on the wire.
         * @enum {unknown}
         */
        Aggregation: "AVG" | "COUNT" | "LATEST" | "MAX" | "MIN" | "SUM" | "UNIQUE_COUNT";
        /**
         * AuditEntry
         * @description One management call.
         *
         *         Attributes:
         *             at: When, aware UTC.
         *             actor: Who: `key:` and the key's id, `open` without keys, `configuration`, `command line`.
         *             operation: What was done, such as `createMeter`.
         *             target: To what: kind and id.
         *             request_id: The request it came with; empty for none.
         *             before: JSON of the thing before; null for a new one. Never holds a secret.
         *             after: JSON of the thing afterwards; null for a deleted one.
         */
        AuditEntry: {
            at: string;
            actor: string;
            operation: string;
            target: string;
            /** @default  */
            requestId?: string;
            before?: unknown;
            after?: unknown;
        };
        /**
         * AuditVerified
         * @description The chain holds.
         *
         *         Attributes:
         *             entries: How many entries it has.
         */
        AuditVerified: {
            entries: number;
        };
        /**
         * CloudEvent
         * @description One CloudEvent 1.0 in structured mode; other attributes are extensions and are kept.
         *
         *         Attributes:
         *             id: Unique together with `source`: the idempotency key.
         *             source: Who produced the event.
         *             specversion: Always `1.0`.
         *             type: Which meters look at it.
         *             subject: Who or what used it.
         *             time: When it happened, RFC 3339; the time of receipt when not given.
         *             data: What the meters measure.
         *             datacontenttype: `application/json` or nothing.
         *             dataschema: A URI or nothing.
         */
        CloudEvent: {
            id: string;
            source: string;
            specversion: string;
            type: string;
            subject: string;
            /** @default null */
            time?: string | null;
            /** @default null */
            data?: {
                [key: string]: unknown;
            } | null;
            /** @default null */
            datacontenttype?: string | null;
            /** @default null */
            dataschema?: string | null;
        };
        /**
         * DryRunEventResult
         * @description What would become of one event.
         *
         *         Attributes:
         *             id: As sent.
         *             source: As sent.
         *             verdict: As in `EventResult`.
         *             meters: What each meter of its type would make of it; empty when none measures it.
         */
        DryRunEventResult: {
            id: string;
            source: string;
            verdict: components["schemas"]["Verdict"];
            meters: components["schemas"]["MeterReading"][];
        };
        /**
         * DryRunResult
         * @description What a request would do; nothing was stored.
         *
         *         Attributes:
         *             new: Events that would be counted.
         *             duplicate: Events that were counted before.
         *             conflict: Events whose identity came before with another content.
         *             results: One for each event.
         */
        DryRunResult: {
            new: number;
            duplicate: number;
            conflict: number;
            results: components["schemas"]["DryRunEventResult"][];
        };
        /**
         * EventResult
         * @description What became of one event.
         *
         *         Attributes:
         *             id: As sent.
         *             source: As sent.
         *             verdict: `new`, `duplicate` (the same content came before) or `conflict` (another content came before; that one counts).
         */
        EventResult: {
            id: string;
            source: string;
            verdict: components["schemas"]["Verdict"];
        };
        /**
         * EventStory
         * @description Everything about one event.
         *
         *         Attributes:
         *             event: As it was sent, with the time that counts.
         *             sequence: Its place in the ledger.
         *             ingested_at: When it was accepted.
         *             stored_at: When it was on disk; the same transaction.
         *             meters: What each meter of its type made of it.
         *             validation_error: Why no meter, or not every one, measures it; null when all do.
         *             duplicates: How often the same content came again.
         *             conflicts: Other contents that came under its identity.
         */
        EventStory: {
            event: unknown;
            sequence: number;
            ingestedAt: string;
            storedAt: string;
            meters: components["schemas"]["MeterReading"][];
            validationError: string | null;
            duplicates: number;
            conflicts: components["schemas"]["OtherContent"][];
        };
        /**
         * Extensions
         * @description More about a problem.
         *
         *         Attributes:
         *             validation_errors: The fields at fault.
         */
        Extensions: {
            validationErrors: components["schemas"]["FieldProblem"][];
        };
        /**
         * FieldProblem
         * @description One field that cannot be accepted.
         *
         *         Attributes:
         *             field: Its path as the caller would write it.
         *             message: What was given and what is allowed.
         */
        FieldProblem: {
            field: string;
            message: string;
        };
        /**
         * HealthAnswer
         * @description The result of every check.
         *
         *         Attributes:
         *             status: `ok`.
         *             checks: What was looked at.
         */
        HealthAnswer: {
            status: string;
            checks: {
                [key: string]: string;
            };
        };
        /**
         * IngestResult
         * @description What became of the events of one request, in their order.
         *
         *         Attributes:
         *             new: Events counted now.
         *             duplicate: Events that had been counted before.
         *             conflict: Events whose identity had come before with another content; kept and listed, not counted.
         *             results: One for each event.
         */
        IngestResult: {
            new: number;
            duplicate: number;
            conflict: number;
            results: components["schemas"]["EventResult"][];
        };
        /**
         * InvalidateBody
         * @description Which tokens to take back: one, all of a subject, or with neither all.
         */
        InvalidateBody: {
            /** @default null */
            id?: string | null;
            /** @default null */
            subject?: string | null;
        };
        /**
         * KeyAnswer
         * @description A key.
         *
         *         Attributes:
         *             id: ULID.
         *             start: The first characters of its text.
         *             name: For people.
         *             scopes: What it may do.
         *             subjects: The only subjects it may write or see.
         *             sources: The only sources it may write.
         *             requests_per_second: Limit.
         *             expires_at: From when on it is refused.
         *             created_at: When it was made.
         *             updated_at: When it was changed last.
         *             key: Its text; only in the answer that makes it.
         */
        KeyAnswer: {
            id: string;
            start: string;
            name: string;
            scopes: string[];
            /** @default null */
            subjects?: string[] | null;
            /** @default null */
            sources?: string[] | null;
            /** @default null */
            requestsPerSecond?: number | null;
            /** @default null */
            expiresAt?: string | null;
            createdAt: string;
            updatedAt: string;
            /** @default null */
            key?: string | null;
        };
        /**
         * MeterAnswer
         * @description A meter as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             slug: Its key.
         *             name: For people.
         *             description: For people.
         *             aggregation: How measurements become usage.
         *             event_type: Events whose `type` equals this are measured.
         *             event_from: Events before this time are not counted.
         *             value_property: JSONPath of the value in `data`.
         *             group_by: JSONPath of each dimension by its key.
         *             metadata: The owner's labels.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         *             deleted_at: When it was deleted.
         */
        MeterAnswer: {
            id: string;
            slug: string;
            name: string;
            /** @default null */
            description?: string | null;
            aggregation: components["schemas"]["Aggregation"];
            eventType: string;
            /** @default null */
            eventFrom?: string | null;
            /** @default null */
            valueProperty?: string | null;
            /** @default {} */
            groupBy?: {
                [key: string]: string;
            };
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            createdAt: string;
            updatedAt: string;
            /** @default null */
            deletedAt?: string | null;
        };
        /**
         * MeterChange
         * @description What may change of a meter; what is missing is cleared.
         *
         *         Attributes:
         *             name: For people; the slug when not given.
         *             description: For people.
         *             metadata: Your own labels.
         *             group_by: JSONPath of each dimension by its key.
         */
        MeterChange: {
            /** @default null */
            name?: string | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            metadata?: {
                [key: string]: string;
            } | null;
            /** @default null */
            groupBy?: {
                [key: string]: string;
            } | null;
        };
        /**
         * MeterReading
         * @description What one meter would make of an event.
         *
         *         Attributes:
         *             meter: Its slug.
         *             value: The number it reads; null for a meter that counts, and for an event it cannot read.
         *             text: The text it reads, for UNIQUE_COUNT; null otherwise.
         *             group_by: Text of each of its dimensions.
         *             reason: Why it cannot read it; null when it can.
         */
        MeterReading: {
            meter: string;
            value: string | null;
            text: string | null;
            groupBy: {
                [key: string]: string;
            };
            reason: string | null;
        };
        /**
         * NewKeyBody
         * @description What a key is for.
         *
         *         Attributes:
         *             name: For people.
         *             scopes: `ingest` sends events, `read` asks, `admin` does everything.
         *             subjects: The only subjects it may write or see.
         *             sources: The only sources it may write.
         *             requests_per_second: Limit.
         *             expires_at: From when on it is refused.
         */
        NewKeyBody: {
            name: string;
            scopes: ("admin" | "ingest" | "read")[];
            /** @default null */
            subjects?: string[] | null;
            /** @default null */
            sources?: string[] | null;
            /** @default null */
            requestsPerSecond?: number | null;
            /** @default null */
            expiresAt?: string | null;
        };
        /**
         * NewMeter
         * @description The definition of a meter.
         *
         *         Attributes:
         *             slug: Its key: lower-case letters, digits and single underscores.
         *             aggregation: How measurements become usage.
         *             event_type: Events whose `type` equals this are measured.
         *             value_property: JSONPath of the value in `data`; not for COUNT.
         *             event_from: Events before this time are not counted.
         */
        NewMeter: {
            /** @default null */
            name?: string | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            metadata?: {
                [key: string]: string;
            } | null;
            /** @default null */
            groupBy?: {
                [key: string]: string;
            } | null;
            slug: string;
            aggregation: string;
            eventType: string;
            /** @default null */
            valueProperty?: string | null;
            /** @default null */
            eventFrom?: string | null;
        };
        /**
         * NewPortalToken
         * @description What a token is for.
         *
         *         Attributes:
         *             subject: Whose usage it shows.
         *             allowed_meter_slugs: The only meters it shows; all when not given.
         *             expires_at: At most 24 hours from now; an hour when not given.
         *             id: Read-only; not looked at.
         *             expired: Read-only; not looked at.
         *             created_at: Read-only; not looked at.
         *             token: Read-only; not looked at.
         */
        NewPortalToken: {
            subject: string;
            /** @default null */
            allowedMeterSlugs?: string[] | null;
            /** @default null */
            expiresAt?: string | null;
            /** @default null */
            id?: string | null;
            /** @default null */
            expired?: boolean | null;
            /** @default null */
            createdAt?: string | null;
            /** @default null */
            token?: string | null;
        };
        /**
         * OtherContent
         * @description Another content that came under the identity of an event.
         *
         *         Attributes:
         *             event: The event that counts.
         *             other: The other one, as it was sent first.
         *             received_at: When it came first.
         *             times: How often it came.
         */
        OtherContent: {
            event: unknown;
            other: unknown;
            receivedAt: string;
            times: number;
        };
        /**
         * PortalTokenAnswer
         * @description A token.
         *
         *         Attributes:
         *             id: ULID.
         *             subject: Whose usage it shows.
         *             allowed_meter_slugs: The only meters it shows; all when missing.
         *             expires_at: From when on it is refused.
         *             expired: Whether that is over.
         *             created_at: When it was made.
         *             token: Its text; only in the answer that makes it.
         */
        PortalTokenAnswer: {
            id: string;
            subject: string;
            /** @default null */
            allowedMeterSlugs?: string[] | null;
            expiresAt: string;
            expired: boolean;
            createdAt: string;
            /** @default null */
            token?: string | null;
        };
        /**
         * PostUsageQuery
         * @description What is asked of a meter, as a body.
         *
         *         Attributes:
         *             filter_group_by: Texts that may pass, by dimension.
         *             advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
         */
        PostUsageQuery: {
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default null */
            windowSize?: string | null;
            /**
             * @description IANA name of the zone whose clock cuts the windows.
             * @default UTC
             */
            windowTimeZone?: string;
            /**
             * @description Only these subjects; several split the rows.
             * @default []
             */
            subject?: string[];
            /**
             * @description Only these customers.
             * @default []
             */
            filterCustomerId?: string[];
            /**
             * @description The meter's dimensions, and `subject`.
             * @default []
             */
            groupBy?: string[];
            /** @default null */
            clientId?: string | null;
            /** @default {} */
            filterGroupBy?: {
                [key: string]: string[];
            };
            /** @default null */
            advancedMeterGroupByFilters?: Record<string, never> | null;
        };
        /**
         * Problem
         * @description An error, as RFC 9457 has it.
         *
         *         Attributes:
         *             type: Always `about:blank`: the status says what kind it is.
         *             title: Text of the status.
         *             status: HTTP status.
         *             instance: `urn:request:` and the request's id.
         *             detail: What was given and what is allowed.
         *             extensions: The fields at fault, if known.
         */
        Problem: {
            type: string;
            title: string;
            status: number;
            instance: string;
            /** @default null */
            detail?: string | null;
            /** @default null */
            extensions?: components["schemas"]["Extensions"] | null;
        };
        /**
         * RotateBody
         * @description How a key is replaced.
         *
         *         Attributes:
         *             grace_seconds: How long the old key goes on.
         */
        RotateBody: {
            /** @default 0 */
            graceSeconds?: number;
        };
        /**
         * StoredEntry
         * @description An entry in its place.
         *
         *         Attributes:
         *             number: Place in the log, from 1, without gaps.
         *             previous: Digest of the entry before, in hexadecimal.
         *             digest: Of `previous` and this entry's text, in hexadecimal.
         *             entry: What happened.
         */
        StoredEntry: {
            number: number;
            previous: string;
            digest: string;
            entry: components["schemas"]["AuditEntry"];
        };
        /**
         * StoredEvent
         * @description One stored event.
         *
         *         Attributes:
         *             event: The CloudEvent as it was sent, with the time that counts.
         *             ingested_at: When it was accepted.
         *             stored_at: When it was on disk; the same transaction.
         *             validation_error: Why meters of its type could not read it, one reason a line; missing when all could.
         */
        StoredEvent: {
            event: unknown;
            ingestedAt: string;
            storedAt: string;
            /** @default null */
            validationError?: string | null;
        };
        /**
         * UsageAnswer
         * @description Usage, ordered by window, subject and dimensions.
         *
         *         Attributes:
         *             from_: As asked.
         *             to: As asked.
         *             window_size: As asked.
         *             data: The rows.
         */
        UsageAnswer: {
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default null */
            windowSize?: components["schemas"]["WindowSize"] | null;
            data: components["schemas"]["UsageRow"][];
        };
        /**
         * UsageRow
         * @description The usage of one window and one group.
         *
         *         Attributes:
         *             value: Exact; may have more digits than a double holds.
         *             window_start: Inclusive.
         *             window_end: Exclusive.
         *             subject: Null when rows are not split by subject.
         *             group_by: Text of each dimension asked for; empty where an event has none.
         */
        UsageRow: {
            /** Format: decimal */
            value: string;
            windowStart: string;
            windowEnd: string;
            subject: string | null;
            groupBy: {
                [key: string]: string;
            };
        };
        /**
         * Verdict
         * @description What became of one event.
         * @enum {unknown}
         */
        Verdict: "conflict" | "duplicate" | "new";
        /**
         * WindowSize
         * @description Length of a window, as on the wire.
         * @enum {unknown}
         */
        WindowSize: "DAY" | "HOUR" | "MINUTE" | "MONTH";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listEvents: {
        parameters: {
            query?: {
                /** @description Part of the event's id. */
                id?: string | null;
                /** @description The whole subject. */
                subject?: string | null;
                /** @description Events of these customers. */
                customerId?: string[];
                /** @description First event time, inclusive. */
                from?: string | null;
                /** @description End of the event times, exclusive. */
                to?: string | null;
                /** @description First time of receipt, inclusive. */
                ingestedAtFrom?: string | null;
                /** @description End of the times of receipt, exclusive. */
                ingestedAtTo?: string | null;
                /** @description Most events returned. */
                limit?: number;
                /** @description Name of the client's request, for its own use. */
                clientId?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredEvent"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ingestEvents: {
        parameters: {
            query?: {
                /** @description Say what the request would do, and store nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "specversion": "1.0",
                 *       "id": "chatcmpl-1",
                 *       "source": "my-app",
                 *       "type": "openai",
                 *       "subject": "acme",
                 *       "time": "2026-11-25T08:30:00Z",
                 *       "data": {
                 *         "prompt_tokens": 12,
                 *         "completion_tokens": 30,
                 *         "total_tokens": 42,
                 *         "model": "gpt-4o-mini"
                 *       }
                 *     }
                 */
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
                /**
                 * @example [
                 *       {
                 *         "specversion": "1.0",
                 *         "id": "chatcmpl-1",
                 *         "source": "my-app",
                 *         "type": "openai",
                 *         "subject": "acme",
                 *         "time": "2026-11-25T08:30:00Z",
                 *         "data": {
                 *           "prompt_tokens": 12,
                 *           "completion_tokens": 30,
                 *           "total_tokens": 42,
                 *           "model": "gpt-4o-mini"
                 *         }
                 *       }
                 *     ]
                 */
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                /**
                 * @example {
                 *       "specversion": "1.0",
                 *       "id": "chatcmpl-1",
                 *       "source": "my-app",
                 *       "type": "openai",
                 *       "subject": "acme",
                 *       "time": "2026-11-25T08:30:00Z",
                 *       "data": {
                 *         "prompt_tokens": 12,
                 *         "completion_tokens": 30,
                 *         "total_tokens": 42,
                 *         "model": "gpt-4o-mini"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CloudEvent"] | components["schemas"]["CloudEvent"][];
            };
        };
        responses: {
            /** @description With `Prefer: return=representation`, or what a dry run says. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestResult"] | components["schemas"]["DryRunResult"];
                };
            };
            /** @description Every event is on disk. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainEvent: {
        parameters: {
            query: {
                /** @description The event's id. */
                id: string;
                /** @description The event's source. */
                source: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its story. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventStory"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listConflicts: {
        parameters: {
            query?: {
                /** @description Most conflicts returned. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conflicts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OtherContent"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tailEvents: {
        parameters: {
            query?: {
                /** @description The whole subject. */
                subject?: string | null;
                /** @description The whole type. */
                type?: string | null;
                /** @description Begin after this place in the ledger; with what comes now when not given. */
                after?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, until the client leaves. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StoredEvent"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMeters: {
        parameters: {
            query?: {
                /** @description Page, counted from 1. */
                page?: number;
                /** @description Meters of a page. */
                pageSize?: number;
                /** @description What to sort by. */
                orderBy?: "aggregation" | "createdAt" | "key" | "name" | "updatedAt";
                /** @description Direction. */
                order?: "ASC" | "DESC";
                /** @description List deleted meters, too. */
                includeDeleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The meters. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterAnswer"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMeter: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slug": "tokens",
                 *       "eventType": "openai",
                 *       "aggregation": "SUM",
                 *       "valueProperty": "$.total_tokens",
                 *       "groupBy": {
                 *         "model": "$.model"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewMeter"];
            };
        };
        responses: {
            /** @description The meter. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMeter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The meter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateMeter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MeterChange"];
            };
        };
        responses: {
            /** @description The meter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMeter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queryMeter: {
        parameters: {
            query?: {
                /** @description First event time counted, inclusive. */
                from?: string | null;
                /** @description End of the event times counted, exclusive. */
                to?: string | null;
                /** @description MINUTE, HOUR, DAY or MONTH. */
                windowSize?: string | null;
                /** @description IANA name of the zone whose clock cuts the windows. */
                windowTimeZone?: string;
                /** @description Only these subjects; several split the rows. */
                subject?: string[];
                /** @description Only these customers. */
                filterCustomerId?: string[];
                /** @description The meter's dimensions, and `subject`. */
                groupBy?: string[];
                /** @description Name of the client's request, for its own use. */
                clientId?: string | null;
                /** @description Texts that may pass, by dimension. */
                filterGroupBy?: {
                    [key: string]: string[];
                };
                /** @description JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`. */
                advancedMeterGroupByFilters?: string | null;
            };
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                    "application/vnd.apache.parquet": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queryMeterPost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "windowSize": "DAY",
                 *       "groupBy": [
                 *         "model"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PostUsageQuery"];
            };
        };
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                    "application/vnd.apache.parquet": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMeterSubjects: {
        parameters: {
            query?: {
                /** @description First event time looked at, inclusive. */
                from?: string | null;
                /** @description End of the event times looked at, exclusive. */
                to?: string | null;
            };
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sorted, each once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMeterGroupByValues: {
        parameters: {
            query?: {
                /** @description First event time looked at, inclusive. */
                from?: string | null;
                /** @description End of the event times looked at, exclusive. */
                to?: string | null;
            };
            header?: never;
            path: {
                /** @description The meter's slug or id. */
                meterIdOrSlug: string;
                /** @description Key of the dimension. */
                groupByKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sorted, each once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPortalTokens: {
        parameters: {
            query?: {
                /** @description Most tokens returned. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTokenAnswer"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPortalToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "subject": "acme"
                 *     }
                 */
                "application/json": components["schemas"]["NewPortalToken"];
            };
        };
        responses: {
            /** @description The token, with its text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTokenAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invalidatePortalTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "subject": "acme"
                 *     }
                 */
                "application/json": components["schemas"]["InvalidateBody"];
            };
        };
        responses: {
            /** @description They are refused from now on. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queryPortalMeter: {
        parameters: {
            query?: {
                /** @description First event time counted, inclusive. */
                from?: string | null;
                /** @description End of the event times counted, exclusive. */
                to?: string | null;
                /** @description MINUTE, HOUR, DAY or MONTH. */
                windowSize?: string | null;
                /** @description IANA name of the zone whose clock cuts the windows. */
                windowTimeZone?: string;
                /** @description Only these subjects; several split the rows. */
                subject?: string[];
                /** @description Only these customers. */
                filterCustomerId?: string[];
                /** @description The meter's dimensions, and `subject`. */
                groupBy?: string[];
                /** @description Name of the client's request, for its own use. */
                clientId?: string | null;
                /** @description Texts that may pass, by dimension. */
                filterGroupBy?: {
                    [key: string]: string[];
                };
                /** @description JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`. */
                advancedMeterGroupByFilters?: string | null;
            };
            header?: never;
            path: {
                /** @description The meter's slug. */
                meterSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                    "application/vnd.apache.parquet": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    allowPortalOrigin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's slug. */
                meterSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They may. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAnswer"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "billing job",
                 *       "scopes": [
                 *         "read"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewKeyBody"];
            };
        };
        responses: {
            /** @description The key, with its text. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "graceSeconds": 3600
                 *     }
                 */
                "application/json": components["schemas"]["RotateBody"];
            };
        };
        responses: {
            /** @description The new key, with its text. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only entries with a smaller number: the last one of the page before. */
                before?: number | null;
                /** @description Most entries returned. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredEntry"][];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chain holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerified"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds after which a retry is worth trying. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain; version=0.0.4; charset=utf-8": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
