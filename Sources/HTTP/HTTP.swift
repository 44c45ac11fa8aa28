// HTTP: strict HTTP/1.1 over TLS 1.3, server and client.
//
// Owns the codec (`Codec/`, plain Swift, no I/O), the TLS engine over libssl (`TLS/`), the reactor
// over epoll (`Reactor/`), the server as other modules see it (`Server/`) and the client over
// libcurl (`Client/`). It knows nothing of sheets, consent, receipts or SQL.
//
// It refuses every ambiguous request instead of repairing it: the acceptance table A01-A38 is its
// contract, and the bytes of a refused request are neither echoed nor logged. No handler runs on a
// loop thread and no loop thread waits for anything but its own epoll.
//
// Who may call it: ExchangeAPI, Pages, Interop and `renkei`. A server that cannot start throws
// `ServerError`; a request that is refused is an `HTTPFailure`; a call that fails is a
// `ClientError` that says whether bytes had left.
