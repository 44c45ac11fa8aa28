// Exchange: the service that takes messages in, keeps them, and hands them on, blind.
//
// Owns the decisions (pure functions from stored state, event and time to a `Proposal`), the node
// that signs and commits them, the member CA, and the `keys` and `transport` trees. It sees who, to
// whom, when and how large; it holds no key that opens a message and cannot name a sheet: nothing
// of the sealed half is in its closure. Nothing leaves it before its commit. What it refuses is an
// `ExchangeAPI.Refusal`; a fault of its own is told to the caller as `internalFailure` alone.
// Source: `Schemas/exchange-api.md`.
