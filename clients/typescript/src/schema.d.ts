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
    "/api/v1/events/unmeasured": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List stored events that are not measured, with the reasons; a page looks at 10,000 events at most. */
        get: operations["listUnmeasuredEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/void": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an event out of every count; it stays stored, and its identity stays taken. */
        post: operations["voidEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/correct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an event out of every count and store another one instead, both or neither. */
        post: operations["correctEvent"];
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
    "/api/v2/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List stored events by pages, newest event time first. */
        get: operations["listEventsV2"];
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
    "/api/v1/meters/backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a meter on stored events without saving it; it reads the newest 50,000 of its type at most. */
        post: operations["backtestMeter"];
        delete?: never;
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
    "/api/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the customers, by pages. */
        get: operations["listCustomers"];
        put?: never;
        /** Create a customer; events of its subjects that are already stored are its own. */
        post: operations["createCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customerIdOrKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one customer. */
        get: operations["getCustomer"];
        /** Replace a customer's definition; what is missing is cleared. */
        put: operations["updateCustomer"];
        post?: never;
        /** Delete a customer; its events stay. */
        delete: operations["deleteCustomer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the subjects that something was written down about. */
        get: operations["listSubjects"];
        put?: never;
        /** Write something down about subjects; fields that are missing stay as they are. */
        post: operations["upsertSubject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/subjects/{subjectIdOrKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one subject. */
        get: operations["getSubject"];
        put?: never;
        post?: never;
        /** Forget what was written down about a subject; its events stay. */
        delete: operations["deleteSubject"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the features. */
        get: operations["listFeatures"];
        put?: never;
        /** Create a feature, measured by a meter or not. */
        post: operations["createFeature"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/features/{featureIdOrKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one feature: an active one by its key, any by its id. */
        get: operations["getFeature"];
        put?: never;
        post?: never;
        /** Archive a feature; a new one may take its key. */
        delete: operations["deleteFeature"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rate-card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the version of the default rate card that holds at a moment; before a customer's own first one, the default card's. */
        get: operations["getDefaultRateCard"];
        /** Add a version of the default rate card, or replace the one with the same date; closed periods stay as they are. */
        put: operations["putDefaultRateCard"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rate-card/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of the default rate card, the latest to begin first. */
        get: operations["listDefaultRateCardVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customerIdOrKey}/rate-card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the version of a customer's rate card that holds at a moment; before a customer's own first one, the default card's. */
        get: operations["getCustomerRateCard"];
        /** Add a version of a customer's rate card, or replace the one with the same date; closed periods stay as they are. */
        put: operations["putCustomerRateCard"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customerIdOrKey}/rate-card/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a customer's rate card, the latest to begin first. */
        get: operations["listCustomerRateCardVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rate-card/versions/{rateCardId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a version of any rate card; the one before it holds on. */
        delete: operations["deleteRateCardVersion"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customerIdOrKey}/charges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell what a customer is charged for a period: as it was closed, or as it stands now. */
        get: operations["getCharges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/periods/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close a period of one customer or of each; what comes later for it is charged in the next one. Twice changes nothing. */
        post: operations["closePeriod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/periods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the closed periods, in the order in which they were closed, by pages. */
        get: operations["listPeriods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/periods/{periodId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one closed period with its lines, as JSON, or by the accept header as CSV or JSON lines. */
        get: operations["getPeriod"];
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
    "/api/v1/portal/meters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell what the token shows: whose usage, which meters, until when. */
        get: operations["getPortal"];
        put?: never;
        post?: never;
        delete?: never;
        /** Tell browsers that pages of other origins may ask. */
        options: operations["allowPortal"];
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
        /** Tell browsers that pages of other origins may ask. */
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
    "/api/v1/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what each tier of each model costs, by the newest prices. */
        get: operations["listPrices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell which model a name means, and every price that it has or had, with dates and sources. */
        get: operations["getPriceHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices/unpriced": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the models that were used and have no price, with how often, first and last. */
        get: operations["listUnpriced"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of the price book, and what was priced anew. */
        get: operations["listPriceVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the price document that was set over the API. */
        get: operations["getPriceOverrides"];
        /** Replace the price document of your own; its prices hold for the events to come and go before all others. */
        put: operations["setPriceOverrides"];
        post?: never;
        /** Let the prices that ship with Meterlark and those of the settings' file hold for the events to come. */
        delete: operations["deletePriceOverrides"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices/reprice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Price events that are stored anew; a second time changes nothing. Queries of their cost wait until it is done. */
        post: operations["reprice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/info/currencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the currencies of ISO 4217. */
        get: operations["listCurrencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/info/progress/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell how far a question is that was sent with a `clientId`. */
        get: operations["getProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/debug/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as `/metrics`. */
        get: operations["getDebugMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List stored events by pages, newest event time first. */
        get: operations["listMeteringEvents"];
        put?: never;
        /** Store one event or a batch; each identity (source, id) is counted once, for ever. */
        post: operations["ingestMeteringEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/meters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the meters, by pages. */
        get: operations["listMetersV3"];
        put?: never;
        /** Create a meter; events already stored are counted by it, too. */
        post: operations["createMeterV3"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/meters/{meterId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one meter. */
        get: operations["getMeterV3"];
        /** Change a meter's name, description, labels and dimensions. */
        put: operations["updateMeterV3"];
        post?: never;
        /** Delete a meter; its events stay. */
        delete: operations["deleteMeterV3"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/meters/{meterId}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for usage; every event acknowledged before is in the answer. */
        post: operations["queryMeterV3"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the customers, by pages. */
        get: operations["listCustomersV3"];
        put?: never;
        /** Create a customer; events of its subjects that are already stored are its own. */
        post: operations["createCustomerV3"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/openmeter/customers/{customerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one customer. */
        get: operations["getCustomerV3"];
        /** Replace a customer's definition, all but its key. */
        put: operations["updateCustomerV3"];
        post?: never;
        /** Delete a customer; its events stay. */
        delete: operations["deleteCustomerV3"];
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
    "/api/swagger.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["getSwagger"];
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
         * Address
         * @description Where bills go.
         *
         *         Attributes:
         *             country: ISO 3166-1 alpha-2 code.
         *             postal_code: As the country writes it.
         *             state: State or province.
         *             city: City.
         *             line1: First line.
         *             line2: Second line.
         *             phone_number: As people write it.
         */
        Address: {
            /** @default null */
            country?: string | null;
            /** @default null */
            postalCode?: string | null;
            /** @default null */
            state?: string | null;
            /** @default null */
            city?: string | null;
            /** @default null */
            line1?: string | null;
            /** @default null */
            line2?: string | null;
            /** @default null */
            phoneNumber?: string | null;
        };
        /**
         * Aggregation
         * @description How measurements become usage; written in capitals on the wire.
         * @enum {unknown}
         */
        Aggregation: "AVG" | "COUNT" | "LATEST" | "MAX" | "MIN" | "SUM" | "UNIQUE_COUNT";
        /**
         * AppliedRepricing
         * @description That another version holds for chosen events.
         *
         *         Attributes:
         *             number: From 1; of two that choose the same event the later one holds.
         *             version: The version that holds for them.
         *             upto: Only events with at most this sequence number.
         *             made_at: When it was applied.
         *             from_: First event time; null for all.
         *             to: End of the event times, exclusive; null for all.
         *             subjects: Their subjects; null for all.
         *             providers: Their providers; empty for all.
         *             models: Their models, as returned; empty for all.
         */
        AppliedRepricing: {
            number: number;
            version: number;
            upto: number;
            madeAt: string;
            from: string | null;
            to: string | null;
            subjects: string[] | null;
            providers: string[];
            models: string[];
        };
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
         * BacktestAnswer
         * @description What the meter would say.
         *
         *         Attributes:
         *             value: Its usage over the events that were read; null when there is nothing to take it of.
         *             events_read: Events of its type that were read.
         *             is_complete: Whether that is every event asked for; if not, they are the newest of them.
         *             earliest: Event time of the earliest one read; null when there was none.
         *             measured: How many it would count.
         *             examples: The newest of these.
         *             unmeasured: Those it would not count, by reason, the most frequent first.
         *             unmeasured_others: Events of further reasons, which are too many to tell apart.
         */
        BacktestAnswer: {
            value: string | null;
            eventsRead: number;
            isComplete: boolean;
            earliest: string | null;
            measured: number;
            examples: components["schemas"]["BacktestExample"][];
            unmeasured: components["schemas"]["BacktestReason"][];
            unmeasuredOthers: number;
        };
        /**
         * BacktestBody
         * @description Which meter to try, on which events.
         *
         *         Attributes:
         *             meter: As it would be created.
         *             from_: First event time, inclusive.
         *             to: End of the event times, exclusive.
         */
        BacktestBody: {
            meter: components["schemas"]["NewMeter"];
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
        };
        /**
         * BacktestExample
         * @description One event and what the meter would make of it.
         *
         *         Attributes:
         *             source: Of the event.
         *             id: Of the event.
         *             subject: Of the event.
         *             time: Of the event.
         *             reading: What the meter would read.
         */
        BacktestExample: {
            source: string;
            id: string;
            subject: string;
            time: string;
            reading: components["schemas"]["MeterReading"];
        };
        /**
         * BacktestReason
         * @description Events that the meter could not read, for one reason.
         *
         *         Attributes:
         *             reason: In words.
         *             events: How many.
         *             examples: The newest of them.
         */
        BacktestReason: {
            reason: string;
            events: number;
            examples: components["schemas"]["BacktestExample"][];
        };
        /**
         * BillingAddress
         * @description Where bills go.
         *
         *         Attributes:
         *             country: ISO 3166-1 alpha-2 code.
         *             postal_code: As the country writes it.
         *             state: State or province.
         *             city: City.
         *             line1: First line.
         *             line2: Second line.
         *             phone_number: As people write it.
         */
        BillingAddress: {
            /** @default null */
            country?: string | null;
            /** @default null */
            postal_code?: string | null;
            /** @default null */
            state?: string | null;
            /** @default null */
            city?: string | null;
            /** @default null */
            line1?: string | null;
            /** @default null */
            line2?: string | null;
            /** @default null */
            phone_number?: string | null;
        };
        /**
         * ChargeAnswer
         * @description The charge of a period.
         *
         *         Attributes:
         *             customer_id: Who pays.
         *             from_: First event time.
         *             to: End of the event times.
         *             currency: ISO 4217 code; missing when there is no rate card.
         *             amount: Sum of the lines, in whole minor units of the currency.
         *             lines: They add up to the amount.
         *             uncharged: Usage that is in no line.
         *             position: Place in the ledger up to which events were looked at.
         *             closed: Id of the closed period; missing while it is open and may change.
         *             closed_at: When it was closed.
         */
        ChargeAnswer: {
            customerId: string;
            from: string;
            to: string;
            /** @default null */
            currency?: string | null;
            /** Format: decimal */
            amount: string;
            lines: components["schemas"]["ChargeLineAnswer"][];
            uncharged: components["schemas"]["UnchargedAnswer"][];
            position: number;
            /** @default null */
            closed?: string | null;
            /** @default null */
            closedAt?: string | null;
        };
        /**
         * ChargeLineAnswer
         * @description One line: quantity x price / per = amount, where there is a price.
         *
         *         Attributes:
         *             number: Place in the charge, from 1.
         *             item: Key of the rate card's item; missing for a line of the whole period.
         *             kind: How it is charged.
         *             from_: First event time.
         *             to: End of the event times.
         *             quantity: How much; missing where an amount is fixed.
         *             unit: What one of it is called.
         *             price: For `per` of the quantity; missing where an amount is fixed or adjusted.
         *             per: How many the price is for.
         *             amount: Exact.
         *             why: In words.
         *             adjusts: Id of the closed period whose charge it adjusts; missing for a line of its own period.
         *             events: Where its events are listed: those of the customer, the meter's type and the time.
         */
        ChargeLineAnswer: {
            number: number;
            /** @default null */
            item?: string | null;
            kind: string;
            from: string;
            to: string;
            /** @default null */
            quantity?: string | null;
            /** @default null */
            unit?: string | null;
            /** @default null */
            price?: string | null;
            /** @default null */
            per?: number | null;
            /** Format: decimal */
            amount: string;
            why: string;
            /** @default null */
            adjusts?: string | null;
            /** @default null */
            events?: string | null;
        };
        /**
         * ClosePeriodBody
         * @description Which period to close: a month, or from and to.
         *
         *         Attributes:
         *             customer: Id or key; every customer, each by itself, when missing.
         *             month: A calendar month.
         *             time_zone: IANA zone whose month it is.
         *             from_: First event time, inclusive.
         *             to: End of the event times, exclusive; not in the future.
         *             accept_uncharged: Close it although usage in it could not be charged.
         *             after_customer: Without a customer: only those whose id comes behind this one, the `next` of the answer before.
         *             limit: Without a customer: most of one call; all by default, which takes some 50 ms for each.
         */
        ClosePeriodBody: {
            /** @default null */
            customer?: string | null;
            /** @default null */
            month?: string | null;
            /**
             * @description IANA zone whose month it is.
             * @default UTC
             */
            timeZone?: string;
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default false */
            acceptUncharged?: boolean;
            /** @default  */
            afterCustomer?: string;
            /** @default null */
            limit?: number | null;
        };
        /**
         * ClosingAnswer
         * @description What became of closing a period.
         *
         *         Attributes:
         *             closed: Closed now, or before with the same bounds.
         *             refused: Not closed.
         *             idle: Ids of customers without a rate card and without usage.
         *             next: Id of the last customer that was come to, when the limit left others; missing when none is left.
         */
        ClosingAnswer: {
            closed: components["schemas"]["PeriodAnswer"][];
            refused: components["schemas"]["RefusedAnswer"][];
            idle: string[];
            /** @default null */
            next?: string | null;
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
            /** @enum {unknown} */
            specversion: "1.0";
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
         * CorrectBody
         * @description Which event counts no more, and what counts instead.
         *
         *         Attributes:
         *             correction: A CloudEvent with an identity of its own.
         */
        CorrectBody: {
            source: string;
            id: string;
            reason: string;
            correction: {
                [key: string]: unknown;
            };
        };
        /**
         * CostChange
         * @description What changes for some events.
         *
         *         Attributes:
         *             key: The model, customer or day; empty for all together.
         *             events: Events whose cost changes.
         *             newly_priced: Those of them that had no cost before.
         *             no_longer_priced: Those of them that have none afterwards.
         *             cost_before: Dollars before, of those that had a cost.
         *             cost_after: Dollars afterwards, of those that have one.
         */
        CostChange: {
            key: string;
            events: number;
            newlyPriced: number;
            noLongerPriced: number;
            /** Format: decimal */
            costBefore: string;
            /** Format: decimal */
            costAfter: string;
        };
        /**
         * CostChanges
         * @description The change by models, customers or days.
         *
         *         Attributes:
         *             groups: The largest changes first; days in order.
         *             omitted: How many more there are.
         */
        CostChanges: {
            groups: components["schemas"]["CostChange"][];
            omitted: number;
        };
        /**
         * CostLine
         * @description One unit's part: quantity x price / per = amount.
         *
         *         Attributes:
         *             unit: What is paid for, disjoint from the other lines.
         *             quantity: How much of it.
         *             price: In dollars.
         *             per: How much of the unit the price is for.
         *             amount: In dollars, exact.
         *             price_key: Names provider, model, tier, first day and, where they matter, hours and input length.
         *             document: The price document that has the price.
         *             source: Where the price was read.
         *             seen_on: When it was read.
         *             since: First day (UTC) on which it holds; null when not known.
         *             note: What a reader should know.
         */
        CostLine: {
            unit: string;
            /** Format: decimal */
            quantity: string;
            /** Format: decimal */
            price: string;
            per: number;
            /** Format: decimal */
            amount: string;
            priceKey: string;
            document: string;
            source: string;
            /** Format: date */
            seenOn: string;
            since: string | null;
            note: string;
        };
        /**
         * CostStory
         * @description What an event cost and why.
         *
         *         Attributes:
         *             amount: In dollars, exact; null when anything has no price: what could be priced stands in the lines.
         *             currency: `USD`.
         *             provider: As the event names it.
         *             model: As it is priced; as the provider returned it when it has no price.
         *             tier: The service tier.
         *             price_version: The version of the price book that holds for the event.
         *             lines: They add up to the amount.
         *             unpriced: What has no price.
         *             reported_cost: What the provider itself says it cost, in dollars.
         */
        CostStory: {
            amount: string | null;
            currency: string;
            provider: string;
            model: string;
            tier: string;
            priceVersion: number;
            lines: components["schemas"]["CostLine"][];
            unpriced: components["schemas"]["UnpricedPart"][];
            reportedCost: string | null;
        };
        /**
         * Currency
         * @description One currency.
         *
         *         Attributes:
         *             code: Three capital letters.
         *             name: In English.
         *             symbol: As people write it; the code where there is none.
         *             subunits: Digits after the point.
         */
        Currency: {
            code: string;
            name: string;
            symbol: string;
            subunits: number;
        };
        /**
         * CursorMeta
         * @description About a page.
         *
         *         Attributes:
         *             page: Where the next one is.
         */
        CursorMeta: {
            page: components["schemas"]["CursorNumbers"];
        };
        /**
         * CursorNumbers
         * @description Where the next page is.
         *
         *         Attributes:
         *             size: Most entries of a page.
         *             next: Path and parameters of the next page; missing when this one is not full.
         */
        CursorNumbers: {
            size: number;
            /** @default null */
            next?: string | null;
        };
        /**
         * CustomerAnswer
         * @description A customer as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             name: For people.
         *             key: The owner's own id of it.
         *             usage_attribution: Further subjects.
         *             description: For people.
         *             primary_email: Where to write to.
         *             currency: ISO 4217 code.
         *             billing_address: Where bills go.
         *             metadata: The owner's labels.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         *             deleted_at: When it was deleted.
         */
        CustomerAnswer: {
            id: string;
            name: string;
            /** @default null */
            key?: string | null;
            usageAttribution: components["schemas"]["UsageAttribution"];
            /** @default null */
            description?: string | null;
            /** @default null */
            primaryEmail?: string | null;
            /** @default null */
            currency?: string | null;
            /** @default null */
            billingAddress?: components["schemas"]["Address"] | null;
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
         * CustomerBody
         * @description The definition of a customer; needs a key or subject keys.
         *
         *         Attributes:
         *             name: For people.
         *             key: Your own id of it; events with it as subject count for the customer.
         *             usage_attribution: Further subjects.
         *             description: For people.
         *             primary_email: Where to write to.
         *             currency: ISO 4217 code.
         *             billing_address: Where bills go.
         *             metadata: Your own labels.
         */
        CustomerBody: {
            name: string;
            /** @default null */
            key?: string | null;
            /** @default null */
            usageAttribution?: components["schemas"]["UsageAttribution"] | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            primaryEmail?: string | null;
            /** @default null */
            currency?: string | null;
            /** @default null */
            billingAddress?: components["schemas"]["Address"] | null;
            /** @default null */
            metadata?: {
                [key: string]: string;
            } | null;
        };
        /**
         * CustomerPage
         * @description One page of customers.
         *
         *         Attributes:
         *             items: The customers.
         */
        CustomerPage: {
            page: number;
            pageSize: number;
            totalCount: number;
            items: components["schemas"]["CustomerAnswer"][];
        };
        /**
         * CustomerReference
         * @description Whose usage an event is.
         *
         *         Attributes:
         *             id: ULID.
         */
        CustomerReference: {
            id: string;
        };
        /**
         * CustomerV3Answer
         * @description A customer as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             key: The owner's own id of it; missing where v1 made it without.
         *             name: For people.
         *             usage_attribution: Further subjects.
         *             description: For people.
         *             primary_email: Where to write to.
         *             currency: ISO 4217 code.
         *             billing_address: Where bills go.
         *             labels: The owner's labels.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         */
        CustomerV3Answer: {
            id: string;
            /** @default null */
            key?: string | null;
            name: string;
            usage_attribution: components["schemas"]["SubjectKeys"];
            /** @default null */
            description?: string | null;
            /** @default null */
            primary_email?: string | null;
            /** @default null */
            currency?: string | null;
            /** @default null */
            billing_address?: components["schemas"]["BillingAddress"] | null;
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            created_at: string;
            updated_at: string;
        };
        /**
         * CustomerV3Change
         * @description What may change of a customer; what is missing is cleared.
         *
         *         Attributes:
         *             name: For people.
         *             usage_attribution: Further subjects.
         *             description: For people.
         *             primary_email: Where to write to.
         *             currency: ISO 4217 code.
         *             billing_address: Where bills go.
         *             labels: Your own labels.
         */
        CustomerV3Change: {
            name: string;
            /** @default null */
            usage_attribution?: components["schemas"]["SubjectKeys"] | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            primary_email?: string | null;
            /** @default null */
            currency?: string | null;
            /** @default null */
            billing_address?: components["schemas"]["BillingAddress"] | null;
            /** @default null */
            labels?: {
                [key: string]: string;
            } | null;
        };
        /**
         * CustomersV3Page
         * @description One page of customers.
         *
         *         Attributes:
         *             data: The customers.
         *             meta: About the page.
         */
        CustomersV3Page: {
            data: components["schemas"]["CustomerV3Answer"][];
            meta: components["schemas"]["PageMeta"];
        };
        /**
         * DimensionFilter
         * @description A condition on the text of a dimension; all that is given must hold.
         *
         *         Attributes:
         *             eq: It is this text.
         *             neq: It is another.
         *             in_: It is one of these.
         *             nin: It is none of these.
         *             contains: This is a part of it.
         *             ncontains: This is no part of it.
         *             exists: Whether the event has a text there.
         *             and_: All of these hold.
         *             or_: One of these holds.
         */
        DimensionFilter: {
            /** @default null */
            eq?: string | null;
            /** @default null */
            neq?: string | null;
            /** @default null */
            in?: string[] | null;
            /** @default null */
            nin?: string[] | null;
            /** @default null */
            contains?: string | null;
            /** @default null */
            ncontains?: string | null;
            /** @default null */
            exists?: boolean | null;
            /** @default null */
            and?: components["schemas"]["DimensionFilter"][] | null;
            /** @default null */
            or?: components["schemas"]["DimensionFilter"][] | null;
        };
        /**
         * Document
         * @description A set of prices from one hand.
         *
         *         Attributes:
         *             name: Names the document in every price record.
         *             made_on: When its prices were collected.
         *             format: Version of this form.
         *             currency: ISO 4217.
         *             providers: Providers by name.
         */
        Document: {
            name: string;
            /** Format: date */
            made_on: string;
            /** @default 1 */
            format?: number;
            /** @default USD */
            currency?: string;
            /** @default {} */
            providers?: {
                [key: string]: components["schemas"]["Provider"];
            };
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
         * EventName
         * @description An identity within a namespace.
         *
         *         Attributes:
         *             source: As sent.
         *             id: As sent.
         */
        EventName: {
            source: string;
            id: string;
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
         *             cost: What it cost; null when no meter of its type asks for that.
         *             void: By whom, when and why it was voided; null when it counts.
         *             corrects: The voided event that it stands for; null when it stands for none.
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
            cost: components["schemas"]["CostStory"] | null;
            void: components["schemas"]["EventVoid"] | null;
            corrects: components["schemas"]["EventName"] | null;
        };
        /**
         * EventVoid
         * @description That an event is voided.
         *
         *         Attributes:
         *             source: Of the event that counts no more.
         *             id: Of the event that counts no more.
         *             void: The event that says so; it can be listed and explained like any other.
         *             voided_at: When.
         *             by: Who said so, as in the audit log.
         *             reason: Why, for people.
         *             correction: The event that counts instead; missing when there is none.
         */
        EventVoid: {
            source: string;
            id: string;
            void: components["schemas"]["EventName"];
            voidedAt: string;
            by: string;
            reason: string;
            /** @default null */
            correction?: components["schemas"]["EventName"] | null;
        };
        /**
         * EventsPage
         * @description One page of events.
         *
         *         Attributes:
         *             items: The events, newest event time first.
         *             next_cursor: Where the next page begins; missing when this one is not full.
         */
        EventsPage: {
            items: components["schemas"]["StoredEvent"][];
            /** @default null */
            nextCursor?: string | null;
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
         * FeatureAnswer
         * @description A feature as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             key: Its key.
         *             name: For people.
         *             meter_slug: The meter that measures it.
         *             meter_group_by_filters: The text that a dimension must have, by key; missing when a filter says more than that.
         *             advanced_meter_group_by_filters: One filter by dimension.
         *             metadata: The owner's labels.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         *             archived_at: When it was archived.
         */
        FeatureAnswer: {
            id: string;
            key: string;
            name: string;
            /** @default null */
            meterSlug?: string | null;
            /** @default null */
            meterGroupByFilters?: {
                [key: string]: string;
            } | null;
            /** @default null */
            advancedMeterGroupByFilters?: Record<string, never> | null;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            createdAt: string;
            updatedAt: string;
            /** @default null */
            archivedAt?: string | null;
        };
        /**
         * FeatureBody
         * @description The definition of a feature.
         *
         *         Attributes:
         *             key: Its key: lower-case letters, digits and single underscores.
         *             name: For people.
         *             meter_slug: The meter that measures it.
         *             meter_group_by_filters: The text that a dimension must have, by key.
         *             advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$in": ["gpt-4o"]}}`.
         *             metadata: Your own labels.
         */
        FeatureBody: {
            key: string;
            name: string;
            /** @default null */
            meterSlug?: string | null;
            /** @default null */
            meterGroupByFilters?: {
                [key: string]: string;
            } | null;
            /** @default null */
            advancedMeterGroupByFilters?: Record<string, never> | null;
            /** @default null */
            metadata?: {
                [key: string]: string;
            } | null;
        };
        /**
         * FeaturePage
         * @description One page of features.
         *
         *         Attributes:
         *             items: The features.
         */
        FeaturePage: {
            page: number;
            pageSize: number;
            totalCount: number;
            items: components["schemas"]["FeatureAnswer"][];
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
         *             checks: What was looked at; `alarm: …` is no reason to send nothing here, but one to look.
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
         * ListedPrice
         * @description What one tier of a model costs.
         *
         *         Attributes:
         *             provider: Whose price it is.
         *             model: The model.
         *             tier: The service tier.
         *             rates: By unit.
         *             long_input: Prices of long input, by length.
         *             since: First day (UTC) on which it holds; null when not known.
         *             until: First day on which it no longer holds; null when it has no end.
         *             hours: Daily span in UTC; null for all day.
         *             document: The price document that has it.
         *             source: Where it was read.
         *             seen_on: When it was read.
         *             note: What a reader should know.
         */
        ListedPrice: {
            provider: string;
            model: string;
            tier: string;
            rates: components["schemas"]["UnitRate"][];
            longInput: components["schemas"]["LongInput"][];
            since: string | null;
            until: string | null;
            hours: string[] | null;
            document: string;
            source: string;
            /** Format: date */
            seenOn: string;
            note: string;
        };
        /**
         * LongContext
         * @description Prices of a request whose input is longer than `above` tokens; all its tokens are paid at them, not only those above.
         */
        LongContext: {
            above: number;
            rates: {
                [key: string]: string;
            };
        };
        /**
         * LongInput
         * @description Prices of a request whose input is longer.
         *
         *         Attributes:
         *             above: More input tokens than this.
         *             rates: By unit; they replace the others.
         */
        LongInput: {
            above: number;
            rates: components["schemas"]["UnitRate"][];
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
         * MeterQueryAnswer
         * @description Usage, ordered by window, customer, subject and dimensions.
         *
         *         Attributes:
         *             from_: As asked.
         *             to: As asked.
         *             data: The rows.
         */
        MeterQueryAnswer: {
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            data: components["schemas"]["MeterQueryRow"][];
        };
        /**
         * MeterQueryBody
         * @description What is asked of a meter.
         *
         *         Attributes:
         *             from_: First event time counted, inclusive.
         *             to: End of the event times counted, exclusive.
         *             granularity: Length of the windows.
         *             time_zone: IANA name of the zone whose clock cuts the windows.
         *             group_by_dimensions: The meter's dimensions, `subject`, and with customers `customer_id`.
         *             filters: Conditions.
         */
        MeterQueryBody: {
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default null */
            granularity?: ("P1D" | "P1M" | "PT1H" | "PT1M") | null;
            /** @default UTC */
            time_zone?: string;
            /** @default [] */
            group_by_dimensions?: string[];
            /**
             * @default {
             *       "dimensions": {}
             *     }
             */
            filters?: components["schemas"]["QueryFilters"];
        };
        /**
         * MeterQueryRow
         * @description The usage of one window and one group.
         *
         *         Attributes:
         *             value: Exact, as text.
         *             from_: Inclusive.
         *             to: Exclusive.
         *             dimensions: Text of each dimension that splits the rows, with `subject` and `customer_id` where they do.
         */
        MeterQueryRow: {
            value: string;
            from: string;
            to: string;
            dimensions: {
                [key: string]: string;
            };
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
         * MeterV3Answer
         * @description A meter as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             key: Its key.
         *             name: For people.
         *             description: For people.
         *             labels: The owner's labels.
         *             aggregation: How measurements become usage.
         *             event_type: Events whose `type` equals this are measured.
         *             events_from: Events before this time are not counted.
         *             value_property: JSONPath of the value in `data`.
         *             dimensions: JSONPath of each dimension by its key.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         */
        MeterV3Answer: {
            id: string;
            key: string;
            name: string;
            /** @default null */
            description?: string | null;
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            /** @enum {unknown} */
            aggregation: "avg" | "count" | "latest" | "max" | "min" | "sum" | "unique_count";
            event_type: string;
            /** @default null */
            events_from?: string | null;
            /** @default null */
            value_property?: string | null;
            /** @default {} */
            dimensions?: {
                [key: string]: string;
            };
            created_at: string;
            updated_at: string;
        };
        /**
         * MeterV3Change
         * @description What may change of a meter; what is missing is cleared.
         *
         *         Attributes:
         *             name: For people.
         *             description: For people.
         *             labels: Your own labels.
         *             dimensions: JSONPath of each dimension by its key.
         */
        MeterV3Change: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @default null */
            labels?: {
                [key: string]: string;
            } | null;
            /** @default null */
            dimensions?: {
                [key: string]: string;
            } | null;
        };
        /**
         * MeteringEventAnswer
         * @description One stored event.
         *
         *         Attributes:
         *             event: The CloudEvent as it was sent, with the time that counts.
         *             customer: Whose usage it is.
         *             ingested_at: When it was accepted.
         *             stored_at: When it was on disk; the same transaction.
         *             validation_errors: Why meters of its type could not read it; missing when all could.
         */
        MeteringEventAnswer: {
            event: unknown;
            /** @default null */
            customer?: components["schemas"]["CustomerReference"] | null;
            ingested_at: string;
            stored_at: string;
            /** @default [] */
            validation_errors?: string[];
        };
        /**
         * MeteringEventsPage
         * @description One page of events.
         *
         *         Attributes:
         *             data: The events, newest event time first.
         *             meta: About the page.
         */
        MeteringEventsPage: {
            data: components["schemas"]["MeteringEventAnswer"][];
            meta: components["schemas"]["CursorMeta"];
        };
        /**
         * MetersV3Page
         * @description One page of meters.
         *
         *         Attributes:
         *             data: The meters.
         *             meta: About the page.
         */
        MetersV3Page: {
            data: components["schemas"]["MeterV3Answer"][];
            meta: components["schemas"]["PageMeta"];
        };
        /**
         * Model
         * @description A model's names and prices. All names are compared in lower case.
         *
         *         Attributes:
         *             names: Names that mean it beside its own, such as dated snapshots.
         *             prefixes: Beginnings of names that mean it.
         *             patterns: Regular expressions for whole names that mean it.
         *             prices: Its prices.
         */
        Model: {
            /** @default [] */
            names?: string[];
            /** @default [] */
            prefixes?: string[];
            /** @default [] */
            patterns?: string[];
            /** @default [] */
            prices?: components["schemas"]["Price"][];
        };
        /**
         * NewCustomerV3
         * @description The definition of a customer.
         *
         *         Attributes:
         *             key: Your own id of it; events with it as subject count for the customer.
         */
        NewCustomerV3: {
            name: string;
            /** @default null */
            usage_attribution?: components["schemas"]["SubjectKeys"] | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            primary_email?: string | null;
            /** @default null */
            currency?: string | null;
            /** @default null */
            billing_address?: components["schemas"]["BillingAddress"] | null;
            /** @default null */
            labels?: {
                [key: string]: string;
            } | null;
            key: string;
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
         * NewMeterV3
         * @description The definition of a meter.
         *
         *         Attributes:
         *             key: Lower-case letters, digits and single underscores.
         *             aggregation: How measurements become usage.
         *             event_type: Events whose `type` equals this are measured.
         *             value_property: JSONPath of the value in `data`; not for count.
         *             events_from: Events before this time are not counted.
         */
        NewMeterV3: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @default null */
            labels?: {
                [key: string]: string;
            } | null;
            /** @default null */
            dimensions?: {
                [key: string]: string;
            } | null;
            key: string;
            /** @enum {unknown} */
            aggregation: "avg" | "count" | "latest" | "max" | "min" | "sum" | "unique_count";
            event_type: string;
            /** @default null */
            value_property?: string | null;
            /** @default null */
            events_from?: string | null;
        };
        /**
         * NewPortalToken
         * @description What a token is for.
         *
         *         Attributes:
         *             subject: Whose usage it shows.
         *             allowed_meter_slugs: The only meters it shows; when not given, all but those of cost.
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
         * Origin
         * @description Whose a price document is; the weakest first.
         * @enum {unknown}
         */
        Origin: "api" | "bundled" | "file";
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
         * PageMeta
         * @description About a page.
         *
         *         Attributes:
         *             page: Which one it is.
         */
        PageMeta: {
            page: components["schemas"]["PageNumbers"];
        };
        /**
         * PageNumbers
         * @description Which page an answer is.
         *
         *         Attributes:
         *             number: Counted from 1.
         *             size: Most entries of a page.
         *             total: Entries of all pages.
         */
        PageNumbers: {
            number: number;
            size: number;
            total: number;
        };
        /**
         * PeriodAnswer
         * @description A closed period without its lines.
         *
         *         Attributes:
         *             id: ULID.
         *             customer_id: Who pays.
         *             customer_key: The customer's own key when it was closed.
         *             from_: First event time.
         *             to: End of the event times.
         *             closed_at: When it was closed.
         *             currency: ISO 4217 code; missing when there was no rate card.
         *             amount: Sum of its lines.
         *             lines: How many.
         *             uncharged: How many reasons there are why usage is in no line.
         */
        PeriodAnswer: {
            id: string;
            customerId: string;
            /** @default null */
            customerKey?: string | null;
            from: string;
            to: string;
            closedAt: string;
            /** @default null */
            currency?: string | null;
            /** Format: decimal */
            amount: string;
            lines: number;
            uncharged: number;
        };
        /**
         * PeriodPage
         * @description One page of closed periods.
         *
         *         Attributes:
         *             items: The periods, in the order in which they were closed.
         */
        PeriodPage: {
            page: number;
            pageSize: number;
            totalCount: number;
            items: components["schemas"]["PeriodAnswer"][];
        };
        /**
         * PortalAnswer
         * @description What a token shows.
         *
         *         Attributes:
         *             subject: Whose usage.
         *             display_name: Of the subject, for people; missing where it has none.
         *             expires_at: From when on the token is refused.
         *             meters: In the order in which they were allowed, which is the order to show them in; without a list, sorted by slug.
         */
        PortalAnswer: {
            subject: string;
            /** @default null */
            displayName?: string | null;
            expiresAt: string;
            meters: components["schemas"]["PortalMeter"][];
        };
        /**
         * PortalMeter
         * @description A meter that a token shows.
         *
         *         Attributes:
         *             slug: To ask for its usage.
         *             name: For people; missing where it has none.
         *             description: For people.
         *             aggregation: SUM, COUNT, AVG, MIN, MAX, UNIQUE_COUNT or LATEST; only SUM and COUNT may be added up.
         *             dimensions: What its usage can be grouped by, sorted.
         */
        PortalMeter: {
            slug: string;
            /** @default null */
            name?: string | null;
            /** @default null */
            description?: string | null;
            aggregation: components["schemas"]["Aggregation"];
            dimensions: string[];
        };
        /**
         * PortalTokenAnswer
         * @description A token.
         *
         *         Attributes:
         *             id: ULID.
         *             subject: Whose usage it shows.
         *             allowed_meter_slugs: The only meters it shows; when missing, all but those of cost.
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
             * @description Ids; only these customers, one by one.
             * @default []
             */
            filterCustomerId?: string[];
            /**
             * @description The meter's dimensions, `subject`, and with customers `customer_id`.
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
         * Price
         * @description What one tier of a model costs in one span of time.
         *
         *         Attributes:
         *             rates: Price by unit.
         *             tier: The service tier, as `tier.py` names it.
         *             since: First UTC day; None when not known.
         *             until: First UTC day on which it no longer holds; None when it has no end.
         *             hours: Daily span `[from, to)` in UTC, may pass midnight; None holds all day. Such a price goes before one that holds all day.
         *             weekdays: With `hours`, the ISO days of the week (UTC) on which they count, 1 for Monday; empty means every day.
         *             long_context: Rates that replace those above, by input length; ascending.
         *             least: Smallest quantity that is paid for, by unit, where a request uses any of it.
         *             source: Where it was read; empty means the provider's sources.
         *             seen_on: When it was read; None means when the document was made.
         *             note: What a reader should know.
         */
        Price: {
            rates: {
                [key: string]: string;
            };
            /** @default standard */
            tier?: string;
            /** @default null */
            since?: string | null;
            /** @default null */
            until?: string | null;
            /** @default null */
            hours?: [
                string,
                string
            ] | null;
            /** @default [] */
            weekdays?: number[];
            /** @default [] */
            long_context?: components["schemas"]["LongContext"][];
            /** @default {} */
            least?: {
                [key: string]: number;
            };
            /** @default  */
            source?: string;
            /** @default null */
            seen_on?: string | null;
            /** @default  */
            note?: string;
        };
        /**
         * PriceBookVersion
         * @description A version of the price book.
         *
         *         Attributes:
         *             number: From 1.
         *             after_sequence: It holds for events with a greater sequence number, up to where the next version begins.
         *             made_at: When it came into force.
         *             digest: Of the whole book.
         *             documents: What it is made of, the weakest first.
         */
        PriceBookVersion: {
            number: number;
            afterSequence: number;
            madeAt: string;
            digest: string;
            documents: components["schemas"]["VersionDocument"][];
        };
        /**
         * PriceHistory
         * @description Every price of a model.
         *
         *         Attributes:
         *             provider: Whose prices hold.
         *             model: The model that the name means.
         *             version: The version of the price book.
         *             prices: By tier and time; where two hold at the same time, the later one of the list does.
         */
        PriceHistory: {
            provider: string;
            model: string;
            version: number;
            prices: components["schemas"]["ListedPrice"][];
        };
        /**
         * PriceJournal
         * @description Which prices hold for which events.
         *
         *         Attributes:
         *             versions: The versions of the price book, by number.
         *             repricings: What was priced anew, in order.
         */
        PriceJournal: {
            versions: components["schemas"]["PriceBookVersion"][];
            repricings: components["schemas"]["AppliedRepricing"][];
        };
        /**
         * PricePage
         * @description One page of prices.
         *
         *         Attributes:
         *             items: Ordered by provider, model and tier.
         *             version: The version of the price book that they are of.
         */
        PricePage: {
            page: number;
            pageSize: number;
            totalCount: number;
            items: components["schemas"]["ListedPrice"][];
            version: number;
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
         * Progress
         * @description How far a question is.
         *
         *         Attributes:
         *             total: Its parts: one, or one for each customer.
         *             success: Parts that are answered.
         *             failure: Parts that failed.
         *             updated_at: When that was so.
         */
        Progress: {
            total: number;
            success: number;
            failure: number;
            updatedAt: string;
        };
        /**
         * Provider
         * @description A provider's names, models and sources.
         *
         *         Attributes:
         *             models: Models by name.
         *             names: Names that mean it beside its own, such as those of OpenTelemetry.
         *             urls: Regular expressions for the beginning of its API's addresses.
         *             sources: Pages that its prices were read from.
         *             sells_models_of: Providers at whose prices it sells the models that it lists no price of its own for.
         */
        Provider: {
            /** @default {} */
            models?: {
                [key: string]: components["schemas"]["Model"];
            };
            /** @default [] */
            names?: string[];
            /** @default [] */
            urls?: string[];
            /** @default [] */
            sources?: string[];
            /** @default [] */
            sells_models_of?: string[];
        };
        /**
         * QueryFilters
         * @description Conditions.
         *
         *         Attributes:
         *             dimensions: By dimension; `subject` and `customer_id` take only eq and in.
         */
        QueryFilters: {
            /** @default {} */
            dimensions?: {
                [key: string]: components["schemas"]["DimensionFilter"];
            };
        };
        /**
         * RateCardAnswer
         * @description A version of a rate card as stored.
         *
         *         Attributes:
         *             id: ULID of the version.
         *             customer_id: Whose card it is; missing for the default card.
         *             key: For people.
         *             currency: ISO 4217 code of every amount.
         *             since: From when on it holds.
         *             items: What is charged for.
         *             minimum: Least charge of a period.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         */
        RateCardAnswer: {
            id: string;
            /** @default null */
            customerId?: string | null;
            key: string;
            currency: string;
            since: string;
            items: components["schemas"]["RateCardItem"][];
            /** Format: decimal */
            minimum: string;
            createdAt: string;
            updatedAt: string;
        };
        /**
         * RateCardBody
         * @description A version of a rate card.
         *
         *         Attributes:
         *             key: For people.
         *             currency: ISO 4217 code of every amount.
         *             items: What is charged for.
         *             since: From when on it holds, until the next version's; now by default.
         *             minimum: Least charge of a period.
         */
        RateCardBody: {
            key: string;
            currency: string;
            items: components["schemas"]["RateCardItem"][];
            /** @default null */
            since?: string | null;
            /** @default null */
            minimum?: string | null;
        };
        /**
         * RateCardItem
         * @description What is charged for, and how.
         *
         *         Attributes:
         *             key: Its key within the card: lower-case letters, digits and single underscores.
         *             rate: How it is charged.
         *             meter: Slug of the meter whose usage is charged, which takes SUM or COUNT; a markup charges the cost of the events it measures.
         *             filters: One filter by dimension of the meter, such as `{"model": {"$in": ["gpt-4o"]}}`.
         *             unit: What one of it is called on a line; the meter's slug by default.
         */
        RateCardItem: {
            key: string;
            rate: components["schemas"]["RateCardRate"];
            /** @default null */
            meter?: string | null;
            /** @default {} */
            filters?: Record<string, never>;
            /** @default null */
            unit?: string | null;
        };
        /**
         * RateCardRate
         * @description How an item is charged; which fields there are follows from the type.
         *
         *         Attributes:
         *             type: `markup` (percent), `unit` (price, per), `flat` (amount), `graduated` and `volume` (steps, per), `package` (size, price).
         *             percent: What is added to the cost, in hundredths; -100 to 1000000.
         *             price: For `per` of the quantity, or for a package.
         *             per: How many the price is for; 1 by default.
         *             amount: For the period, whatever was used.
         *             steps: By quantity, each beginning where the one before ends.
         *             size: Of a package; one that was begun is paid in full.
         */
        RateCardRate: {
            /** @enum {unknown} */
            type: "flat" | "graduated" | "markup" | "package" | "unit" | "volume";
            /** @default null */
            percent?: string | null;
            /** @default null */
            price?: string | null;
            /** @default null */
            per?: number | null;
            /** @default null */
            amount?: string | null;
            /** @default null */
            steps?: components["schemas"]["RateCardStep"][] | null;
            /** @default null */
            size?: number | null;
        };
        /**
         * RateCardStep
         * @description One step of a graduated or volume rate.
         *
         *         Attributes:
         *             up_to: Last quantity of the step; null for the last step and only for that.
         *             price: For `per` of the quantity.
         *             fee: Charged once when the step is reached.
         */
        RateCardStep: {
            upTo: number | null;
            /** Format: decimal */
            price: string;
            /** @default null */
            fee?: string | null;
        };
        /**
         * Reason
         * @description Why something has no price.
         * @enum {unknown}
         */
        Reason: "impossible_usage" | "no_price_at_that_time" | "no_price_for_unit" | "no_quantity" | "unknown_input_length" | "unknown_model" | "unknown_overlap" | "unknown_provider" | "unknown_tier" | "unreadable_quantity";
        /**
         * ReasonCount
         * @description How many events of a page a reason concerns.
         *
         *         Attributes:
         *             events: How many.
         */
        ReasonCount: {
            /** @default null */
            meter?: string | null;
            reason: string;
            events: number;
        };
        /**
         * RefusedAnswer
         * @description A customer whose period was not closed.
         *
         *         Attributes:
         *             customer_id: Who.
         *             message: Why.
         */
        RefusedAnswer: {
            customerId: string;
            message: string;
        };
        /**
         * RepriceAnswer
         * @description What has changed, or would.
         *
         *         Attributes:
         *             repricing: Number of the repricing; null for a dry run, and when nothing changes.
         *             version: The version of the price book that holds for the events.
         *             upto: Sequence number of the last event that was looked at.
         *             chosen: Events that were chosen.
         *             total: The change of all of them.
         *             by_model: By provider and model.
         *             by_customer: By the customer's id, or `subject:` and the subject where it is nobody's.
         *             by_day: By day of the event's time in UTC.
         */
        RepriceAnswer: {
            repricing: number | null;
            version: number;
            upto: number;
            chosen: number;
            total: components["schemas"]["CostChange"];
            byModel: components["schemas"]["CostChanges"];
            byCustomer: components["schemas"]["CostChanges"];
            byDay: components["schemas"]["CostChanges"];
        };
        /**
         * RepriceBody
         * @description Which events are priced anew, and at which prices. What is left out is no condition.
         *
         *         Attributes:
         *             version: Number of the version of the price book; the newest by default.
         *             from_: First event time.
         *             to: End of the event times, exclusive.
         *             customers: Events of these customers, by id or key.
         *             subjects: Events of these subjects.
         *             providers: Events of these providers, as they name them.
         *             models: Events of these models, as the provider returned them.
         */
        RepriceBody: {
            /** @default null */
            version?: number | null;
            /** @default null */
            from?: string | null;
            /** @default null */
            to?: string | null;
            /** @default [] */
            customers?: string[];
            /** @default [] */
            subjects?: string[];
            /** @default [] */
            providers?: string[];
            /** @default [] */
            models?: string[];
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
         *             customer_id: Whose usage it is.
         *             validation_error: Why meters of its type could not read it, one reason a line; missing when all could.
         *             void: By whom, when and why it was voided; missing when it was not.
         */
        StoredEvent: {
            event: unknown;
            ingestedAt: string;
            storedAt: string;
            /** @default null */
            customerId?: string | null;
            /** @default null */
            validationError?: string | null;
            /** @default null */
            void?: components["schemas"]["EventVoid"] | null;
        };
        /**
         * SubjectAnswer
         * @description A subject as stored.
         *
         *         Attributes:
         *             id: ULID.
         *             key: As in events.
         *             display_name: For people.
         *             metadata: The owner's labels.
         *             stripe_customer_id: Its id at Stripe.
         *             current_period_start: Start of its current period.
         *             current_period_end: End of its current period.
         *             created_at: When it was created.
         *             updated_at: When it was changed last.
         */
        SubjectAnswer: {
            id: string;
            key: string;
            /** @default null */
            displayName?: string | null;
            /** @default null */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @default null */
            stripeCustomerId?: string | null;
            /** @default null */
            currentPeriodStart?: string | null;
            /** @default null */
            currentPeriodEnd?: string | null;
            createdAt: string;
            updatedAt: string;
        };
        /**
         * SubjectBody
         * @description What to write down; a field that is missing stays as it is, null clears it.
         *
         *         Attributes:
         *             key: As in events.
         *             display_name: For people.
         *             metadata: Your own labels.
         *             stripe_customer_id: Its id at Stripe; begins with `cus_`.
         *             current_period_start: Start of its current period.
         *             current_period_end: End of its current period.
         */
        SubjectBody: {
            key: string;
            displayName?: string | null;
            metadata?: {
                [key: string]: unknown;
            } | null;
            stripeCustomerId?: string | null;
            currentPeriodStart?: string | null;
            currentPeriodEnd?: string | null;
        };
        /**
         * SubjectKeys
         * @description Whose events count for a customer.
         *
         *         Attributes:
         *             subject_keys: Subjects, besides the customer's key.
         */
        SubjectKeys: {
            subject_keys: string[];
        };
        /**
         * TailMessage
         * @description One message of the tail, as a reader of server-sent events gives it.
         *
         *         Attributes:
         *             id: The event's place in the ledger; send it as `last-event-id` to go on after it.
         *             data: JSON text of a stored event, as in the list of events.
         */
        TailMessage: {
            id: string;
            data: string;
        };
        /**
         * UnchargedAnswer
         * @description Usage that is in no line.
         *
         *         Attributes:
         *             item: Key of the rate card's item; missing when it is of none.
         *             from_: First event time.
         *             to: End of the event times.
         *             message: How much, and why.
         */
        UnchargedAnswer: {
            /** @default null */
            item?: string | null;
            from: string;
            to: string;
            message: string;
        };
        /**
         * UnitRate
         * @description The price of a unit.
         *
         *         Attributes:
         *             unit: What is paid for, such as `input_tokens`.
         *             price: In dollars.
         *             per: How much of the unit the price is for.
         */
        UnitRate: {
            unit: string;
            /** Format: decimal */
            price: string;
            per: number;
        };
        /**
         * UnmeasuredEvent
         * @description One event that is not measured by every meter of its type.
         *
         *         Attributes:
         *             event: The CloudEvent as it was sent, with the time that counts.
         *             ingested_at: When it was accepted.
         *             reasons: One for each meter that could not read it.
         */
        UnmeasuredEvent: {
            event: unknown;
            ingestedAt: string;
            reasons: components["schemas"]["UnmeasuredReason"][];
        };
        /**
         * UnmeasuredEventsPage
         * @description One page; a page may have fewer events than its limit, or none, and not be the last.
         *
         *         Attributes:
         *             items: Newest event time first.
         *             counts: How many of them each reason concerns, the most frequent first.
         *             events_read: How many events were looked at for this page, measured ones included.
         *             next_cursor: Where the next page begins; missing when every event has been looked at.
         */
        UnmeasuredEventsPage: {
            items: components["schemas"]["UnmeasuredEvent"][];
            counts: components["schemas"]["ReasonCount"][];
            eventsRead: number;
            /** @default null */
            nextCursor?: string | null;
        };
        /**
         * UnmeasuredReason
         * @description Why an event is not measured.
         *
         *         Attributes:
         *             meter: Slug of the meter that could not read it; missing when no meter has its type.
         *             reason: In words.
         */
        UnmeasuredReason: {
            /** @default null */
            meter?: string | null;
            reason: string;
        };
        /**
         * UnpricedPart
         * @description What has no price.
         *
         *         Attributes:
         *             reason: Why, for a program.
         *             message: Why, for a person.
         *             unit: The unit; empty when it is the whole event.
         *             quantity: How much of the unit; null when it is the whole event.
         */
        UnpricedPart: {
            reason: components["schemas"]["Reason"];
            message: string;
            unit: string;
            quantity: string | null;
        };
        /**
         * UnpricedUsageModel
         * @description A tier of a model of which some usage has no price.
         *
         *         Attributes:
         *             event_type: Type of the events.
         *             provider: As the events name it.
         *             model: As the provider returned it, or as it is listed when only the tier or a unit has no price.
         *             tier: The service tier.
         *             reason: Why there is no price.
         *             events: How many events have none.
         *             first_at: Minute of the earliest of them.
         *             last_at: End of the minute of the latest of them.
         */
        UnpricedUsageModel: {
            eventType: string;
            provider: string;
            model: string;
            tier: string;
            reason: string;
            events: number;
            firstAt: string;
            lastAt: string;
        };
        /**
         * UsageAnswer
         * @description Usage, ordered by window, customer, subject and dimensions.
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
         * UsageAttribution
         * @description Whose events count for a customer.
         *
         *         Attributes:
         *             subject_keys: Subjects, besides the customer's key.
         */
        UsageAttribution: {
            subjectKeys: string[];
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
         *             customer_id: Whose usage it is; missing when no customers were asked for.
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
            /** @default null */
            customerId?: string | null;
        };
        /**
         * Verdict
         * @description What became of one event.
         * @enum {unknown}
         */
        Verdict: "conflict" | "duplicate" | "new";
        /**
         * VersionDocument
         * @description A price document that a version is made of.
         *
         *         Attributes:
         *             origin: `bundled` with Meterlark, from the `file` of the settings, or set over the `api`.
         *             name: Its name.
         *             made_on: When its prices were collected.
         *             digest: SHA-256 of its content.
         */
        VersionDocument: {
            origin: components["schemas"]["Origin"];
            name: string;
            madeOn: string;
            digest: string;
        };
        /**
         * VoidBody
         * @description Which event counts no more.
         *
         *         Attributes:
         *             source: Of the event.
         *             id: Of the event.
         *             reason: Why, for people; kept for ever.
         */
        VoidBody: {
            source: string;
            id: string;
            reason: string;
        };
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
    listUnmeasuredEvents: {
        parameters: {
            query?: {
                /** @description Slug or id of the only meter asked about; all meters when not given. */
                meter?: string | null;
                /** @description First event time, inclusive. */
                from?: string | null;
                /** @description End of the event times, exclusive. */
                to?: string | null;
                /** @description Most events of a page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnmeasuredEventsPage"];
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
            /** @description Unauthorized */
            401: {
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
    voidEvent: {
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
                 *       "source": "my-app",
                 *       "id": "sent-by-mistake",
                 *       "reason": "a test run with the key of production"
                 *     }
                 */
                "application/json": components["schemas"]["VoidBody"];
            };
        };
        responses: {
            /** @description It counts no more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventVoid"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    correctEvent: {
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
                 *       "source": "my-app",
                 *       "id": "counted-wrong",
                 *       "reason": "cached tokens were left out",
                 *       "correction": {
                 *         "specversion": "1.0",
                 *         "id": "counted-right",
                 *         "source": "my-app",
                 *         "type": "openai",
                 *         "subject": "acme",
                 *         "time": "2026-11-25T08:30:00Z",
                 *         "data": {
                 *           "prompt_tokens": 1036,
                 *           "completion_tokens": 30,
                 *           "total_tokens": 1066,
                 *           "model": "gpt-4o-mini"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CorrectBody"];
            };
        };
        responses: {
            /** @description The other one counts instead. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventVoid"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
                    "text/event-stream": components["schemas"]["TailMessage"];
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
            /** @description Unauthorized */
            401: {
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
    listEventsV2: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string | null;
                /** @description Events of a page. */
                limit?: number;
                /** @description Name of the client's request, for its own use. */
                clientId?: string | null;
                /** @description JSON object of one filter by field: `id`, `source`, `subject`, `type` (such as `{"$like": "a%"}`), `customerId` (`$in`), `time`, `ingestedAt` (`$gte`, `$lt`). */
                filter?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsPage"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
                /**
                 * @example {
                 *       "name": "Tokens",
                 *       "groupBy": {
                 *         "model": "$.model"
                 *       }
                 *     }
                 */
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    backtestMeter: {
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
                 *       "meter": {
                 *         "slug": "gpt_tokens",
                 *         "eventType": "openai",
                 *         "aggregation": "SUM",
                 *         "valueProperty": "$.total_tokens"
                 *       },
                 *       "from": "2026-11-01T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["BacktestBody"];
            };
        };
        responses: {
            /** @description What it would say. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestAnswer"];
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
            /** @description Unauthorized */
            401: {
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
                /** @description Ids; only these customers, one by one. */
                filterCustomerId?: string[];
                /** @description The meter's dimensions, `subject`, and with customers `customer_id`. */
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
                    "application/vnd.apache.arrow.stream": string;
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
            /** @description Unauthorized */
            401: {
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
                    "application/vnd.apache.arrow.stream": string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
    listCustomers: {
        parameters: {
            query?: {
                /** @description Page, counted from 1. */
                page?: number;
                /** @description Entries of a page. */
                pageSize?: number;
                /** @description What to sort by. */
                orderBy?: "createdAt" | "id" | "name";
                /** @description Direction. */
                order?: "ASC" | "DESC";
                /** @description List deleted customers, too. */
                includeDeleted?: boolean;
                /** @description Part of the key, in any case. */
                key?: string | null;
                /** @description Part of the name, in any case. */
                name?: string | null;
                /** @description Part of the address, in any case. */
                primaryEmail?: string | null;
                /** @description Part of a subject key, in any case. */
                subject?: string | null;
                /** @description Accepted; there are no subscriptions. */
                expand?: "subscriptions"[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerPage"];
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
            /** @description Unauthorized */
            401: {
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
    createCustomer: {
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
                 *       "name": "Acme Inc.",
                 *       "key": "acme",
                 *       "usageAttribution": {
                 *         "subjectKeys": [
                 *           "acme-production"
                 *         ]
                 *       },
                 *       "currency": "USD"
                 *     }
                 */
                "application/json": components["schemas"]["CustomerBody"];
            };
        };
        responses: {
            /** @description The customer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    getCustomer: {
        parameters: {
            query?: {
                /** @description Accepted; there are no subscriptions. */
                expand?: "subscriptions"[];
            };
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    updateCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Acme Inc.",
                 *       "key": "acme",
                 *       "usageAttribution": {
                 *         "subjectKeys": [
                 *           "acme-production"
                 *         ]
                 *       },
                 *       "currency": "USD"
                 *     }
                 */
                "application/json": components["schemas"]["CustomerBody"];
            };
        };
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    deleteCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
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
            /** @description Unauthorized */
            401: {
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
    listSubjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subjects, by key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectAnswer"][];
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
            /** @description Unauthorized */
            401: {
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
    upsertSubject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example [
                 *       {
                 *         "key": "acme",
                 *         "displayName": "Acme Inc."
                 *       }
                 *     ]
                 */
                "application/json": components["schemas"]["SubjectBody"][];
            };
        };
        responses: {
            /** @description The subjects as they are now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectAnswer"][];
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
            /** @description Unauthorized */
            401: {
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
    getSubject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subject's id or key. */
                subjectIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subject. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    deleteSubject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subject's id or key. */
                subjectIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
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
            /** @description Unauthorized */
            401: {
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
    listFeatures: {
        parameters: {
            query?: {
                /** @description Only features of these meters. */
                meterSlug?: string[];
                /** @description List archived features, too. */
                includeArchived?: boolean;
                /** @description Page, counted from 1. */
                page?: number | null;
                /** @description Entries of a page. */
                pageSize?: number | null;
                /** @description Entries of a bare list left out at its start. */
                offset?: number;
                /** @description Most entries of a bare list. */
                limit?: number;
                /** @description Direction. */
                order?: "ASC" | "DESC";
                /** @description What to sort by. */
                orderBy?: "createdAt" | "id" | "key" | "name" | "updatedAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The features. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureAnswer"][] | components["schemas"]["FeaturePage"];
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
            /** @description Unauthorized */
            401: {
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
    createFeature: {
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
                 *       "key": "gpt_tokens",
                 *       "name": "GPT tokens",
                 *       "meterSlug": "openai_total_tokens"
                 *     }
                 */
                "application/json": components["schemas"]["FeatureBody"];
            };
        };
        responses: {
            /** @description The feature. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    getFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The feature's id or key. */
                featureIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The feature. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    deleteFeature: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The feature's id or key. */
                featureIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is archived. */
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
            /** @description Unauthorized */
            401: {
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
    getDefaultRateCard: {
        parameters: {
            query?: {
                /** @description The version that holds at this moment; now by default. */
                at?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    putDefaultRateCard: {
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
                 *       "key": "standard",
                 *       "currency": "USD",
                 *       "items": [
                 *         {
                 *           "key": "base",
                 *           "rate": {
                 *             "type": "flat",
                 *             "amount": 20
                 *           }
                 *         },
                 *         {
                 *           "key": "tokens",
                 *           "meter": "llm_total_tokens",
                 *           "unit": "token",
                 *           "rate": {
                 *             "type": "unit",
                 *             "price": 3,
                 *             "per": 1000000
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RateCardBody"];
            };
        };
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    listDefaultRateCardVersions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"][];
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
            /** @description Unauthorized */
            401: {
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
    getCustomerRateCard: {
        parameters: {
            query?: {
                /** @description The version that holds at this moment; now by default. */
                at?: string | null;
            };
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    putCustomerRateCard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "standard",
                 *       "currency": "USD",
                 *       "items": [
                 *         {
                 *           "key": "base",
                 *           "rate": {
                 *             "type": "flat",
                 *             "amount": 20
                 *           }
                 *         },
                 *         {
                 *           "key": "tokens",
                 *           "meter": "llm_total_tokens",
                 *           "unit": "token",
                 *           "rate": {
                 *             "type": "unit",
                 *             "price": 3,
                 *             "per": 1000000
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RateCardBody"];
            };
        };
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    listCustomerRateCardVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateCardAnswer"][];
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
            /** @description Unauthorized */
            401: {
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
    deleteRateCardVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the version. */
                rateCardId: string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    getCharges: {
        parameters: {
            query?: {
                /** @description A calendar month, such as 2026-11; instead of from and to. */
                month?: string | null;
                /** @description IANA zone whose month it is. */
                timeZone?: string;
                /** @description First event time, inclusive. */
                from?: string | null;
                /** @description End of the event times, exclusive. */
                to?: string | null;
            };
            header?: never;
            path: {
                /** @description The customer's id or key. */
                customerIdOrKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The charge. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargeAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    closePeriod: {
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
                 *       "from": "2026-10-01T00:00:00Z",
                 *       "to": "2026-11-01T00:00:00Z",
                 *       "acceptUncharged": true
                 *     }
                 */
                "application/json": components["schemas"]["ClosePeriodBody"];
            };
        };
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosingAnswer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    listPeriods: {
        parameters: {
            query?: {
                /** @description Only those of this customer, by id or key. */
                customer?: string | null;
                /** @description Page, counted from 1. */
                page?: number;
                /** @description Entries of a page. */
                pageSize?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeriodPage"];
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
            /** @description Unauthorized */
            401: {
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
    getPeriod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the closed period. */
                periodId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The period. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargeAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
    getPortal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it shows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    allowPortal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They may, if the header says so. */
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
                /** @description Ids; only these customers, one by one. */
                filterCustomerId?: string[];
                /** @description The meter's dimensions, `subject`, and with customers `customer_id`. */
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
                    "application/vnd.apache.arrow.stream": string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description They may, if the header says so. */
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
    listPrices: {
        parameters: {
            query?: {
                /** @description Of this provider. */
                provider?: string | null;
                /** @description Of models whose name contains this. */
                search?: string | null;
                /** @description Of this service tier, such as `standard` or `batch`. */
                tier?: string | null;
                /** @description The prices that hold at this moment; now by default. */
                at?: string | null;
                /** @description Page, counted from 1. */
                page?: number;
                /** @description Entries of a page. */
                pageSize?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The prices. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PricePage"];
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
            /** @description Unauthorized */
            401: {
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
    getPriceHistory: {
        parameters: {
            query: {
                /** @description As events name it. */
                provider: string;
                /** @description As the provider returns it. */
                model: string;
                /** @description An event's source, whose address says whose prices hold. */
                source?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its prices. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceHistory"];
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
            /** @description Unauthorized */
            401: {
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
    listUnpriced: {
        parameters: {
            query?: {
                /** @description First event time, inclusive. */
                from?: string | null;
                /** @description Last event time, exclusive. */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They, the most frequent first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnpricedUsageModel"][];
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
            /** @description Unauthorized */
            401: {
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
    listPriceVersions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both, in order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceJournal"];
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
            /** @description Unauthorized */
            401: {
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
    getPriceOverrides: {
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
                    "application/json": components["schemas"]["Document"];
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
            /** @description Unauthorized */
            401: {
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
    setPriceOverrides: {
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
                 *       "name": "our contract",
                 *       "made_on": "2026-11-01",
                 *       "providers": {
                 *         "openai": {
                 *           "models": {
                 *             "gpt-4o": {
                 *               "prices": [
                 *                 {
                 *                   "since": "2026-11-01",
                 *                   "rates": {
                 *                     "input_tokens": "2",
                 *                     "output_tokens": "8"
                 *                   },
                 *                   "note": "contract 4711"
                 *                 }
                 *               ]
                 *             }
                 *           }
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Document"];
            };
        };
        responses: {
            /** @description The version of the price book in force from now on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceBookVersion"];
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
            /** @description Unauthorized */
            401: {
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
    deletePriceOverrides: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They do. */
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
            /** @description Unauthorized */
            401: {
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
    reprice: {
        parameters: {
            query?: {
                /** @description Say what would change, and change nothing. */
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
                 *       "from": "2026-11-01T00:00:00Z",
                 *       "models": [
                 *         "gpt-4o"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RepriceBody"];
            };
        };
        responses: {
            /** @description What has changed, or would. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepriceAnswer"];
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
            /** @description Unauthorized */
            401: {
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
    listCurrencies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The currencies, by code. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Currency"][];
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
            /** @description Unauthorized */
            401: {
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
    getProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The question's clientId. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
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
            /** @description Unauthorized */
            401: {
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
    getDebugMetrics: {
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
            /** @description Unauthorized */
            401: {
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
    listMeteringEvents: {
        parameters: {
            query?: {
                /** @description `page[size]`, and `page[after]` with the cursor of the page before. */
                page?: {
                    [key: string]: string[];
                };
                /** @description `filter[subject][eq]=acme`: fields are id, source, subject, type, customer_id, time, ingested_at and stored_at; operators eq (also left out), neq, oeq (any of a list with commas), contains, gt, gte, lt, lte. */
                filter?: {
                    [key: string]: string[];
                };
                /** @description `time desc`, the only order. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeteringEventsPage"];
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
            /** @description Unauthorized */
            401: {
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
    ingestMeteringEvents: {
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
            202: {
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
            /** @description Unauthorized */
            401: {
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
    listMetersV3: {
        parameters: {
            query?: {
                /** @description `page[number]`, counted from 1, and `page[size]`. */
                page?: {
                    [key: string]: string[];
                };
                /** @description key, name, aggregation, created_at or updated_at, with ` desc` for the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetersV3Page"];
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
            /** @description Unauthorized */
            401: {
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
    createMeterV3: {
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
                 *       "key": "tokens_by_model",
                 *       "name": "Tokens",
                 *       "event_type": "openai",
                 *       "aggregation": "sum",
                 *       "value_property": "$.total_tokens",
                 *       "dimensions": {
                 *         "model": "$.model"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewMeterV3"];
            };
        };
        responses: {
            /** @description The meter. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
    getMeterV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's id. */
                meterId: string;
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
                    "application/json": components["schemas"]["MeterV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
    updateMeterV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's id. */
                meterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Tokens"
                 *     }
                 */
                "application/json": components["schemas"]["MeterV3Change"];
            };
        };
        responses: {
            /** @description The meter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    deleteMeterV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's id. */
                meterId: string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    queryMeterV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meter's id. */
                meterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "granularity": "P1D",
                 *       "group_by_dimensions": [
                 *         "subject"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MeterQueryBody"];
            };
        };
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeterQueryAnswer"];
                    "text/csv": string;
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
            /** @description Unauthorized */
            401: {
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
    listCustomersV3: {
        parameters: {
            query?: {
                /** @description `page[number]`, counted from 1, and `page[size]`. */
                page?: {
                    [key: string]: string[];
                };
                /** @description id, name or created_at, with ` desc` for the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomersV3Page"];
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
            /** @description Unauthorized */
            401: {
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
    createCustomerV3: {
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
                 *       "key": "umbrella",
                 *       "name": "Umbrella Corp."
                 *     }
                 */
                "application/json": components["schemas"]["NewCustomerV3"];
            };
        };
        responses: {
            /** @description The customer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
    getCustomerV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customerId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
    updateCustomerV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customerId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Acme Inc."
                 *     }
                 */
                "application/json": components["schemas"]["CustomerV3Change"];
            };
        };
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerV3Answer"];
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
            /** @description Unauthorized */
            401: {
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
            /** @description Not Found */
            404: {
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
    deleteCustomerV3: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customerId: string;
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
            /** @description Unauthorized */
            401: {
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
            /** @description Unauthorized */
            401: {
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
    getSwagger: {
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
