// Gateway: an organisation's side of the exchange.
//
// Owns the acts of one organisation (send, open, confirm, reply, consent, track, evidence), its
// outbox and inbox, its mirror of the directory, its access log, and the courier that carries
// between store and exchange. It signs only what has a `Permit`, shows a sheet only after the leaf
// of that act is committed, and keeps everything personal sealed at rest. Several organisations
// live in one process, each with its own folder, keys, store and log. Called by `renkei`, later by
// pages and the record software's API. Failures are `GatewayError`; what the exchange refuses, the
// courier keeps, retries or blocks as `Schemas/exchange-api.md` says.
