// ExchangeAPI: the contract between a gateway and its exchange.
//
// Owns one protocol (`ExchangeService`, the exchange as one member sees it), the closed list of
// refusals with their problem form (RFC 9457), the frames that carry signed bytes, and both ends of
// the wire: `ExchangeClient` speaks it over HTTPS, `ExchangeRoutes` serves any `ExchangeService`.
// It decides nothing, stores nothing and opens nothing: statements and messages pass as the bytes
// they were signed as. Whoever implements the protocol answers with `ExchangeError`; the client
// adds the faults of the network. Source: `Schemas/exchange-api.md`.
