/// A socket, with TLS over it or without.
struct Transport: ~Copyable {
    let socket: Socket
    private var tls: TLSConnection?

    init(_ socket: consuming Socket, tls: consuming TLSConnection?) {
        self.socket = socket
        self.tls = tls
    }

    /// `.moved(0)` when it is done; at once without TLS.
    mutating func handshake() -> TransportOutcome { tls?.handshake() ?? .moved(0) }

    func identity() -> PeerIdentity? { tls?.identity() }

    mutating func read(into buffer: inout [UInt8]) -> TransportOutcome {
        tls?.read(into: &buffer) ?? socket.read(into: &buffer)
    }

    mutating func write(_ bytes: [UInt8], from start: Int, atMost limit: Int) -> TransportOutcome {
        tls?.write(bytes, from: start, atMost: limit)
            ?? socket.write(bytes, from: start, atMost: limit)
    }

    /// Ends our side; what still comes is thrown away by `discard`.
    mutating func finishWriting() {
        tls?.sayGoodbye()
        socket.finishWriting()
    }

    /// Reads past TLS: nobody wants these bytes.
    func discard(into buffer: inout [UInt8]) -> TransportOutcome { socket.read(into: &buffer) }
}
