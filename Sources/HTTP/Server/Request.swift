import Primitives

/// A request whose head was accepted. The body follows through `stream` or `body(limit:)`.
package struct Request: Sendable {
    package let method: Method
    /// Decoded segments; `/` is the empty list.
    package let path: [String]
    /// Decoded pairs in their order.
    package let query: [(name: String, value: String)]
    package let fields: Fields
    /// The certificate the peer proved to hold; nil where the listener asks for none.
    package let identity: PeerIdentity?
    package let remoteAddress: String
    /// 16 random bytes in hexadecimal, sent back as `Renkei-Trace`.
    package let trace: String
    package let stream: BodyStream

    /// The value of the first query pair of that name.
    package func query(_ name: String) -> String? {
        query.first { $0.name.hasSameBytes(as: name) }?.value
    }

    /// The whole body, of at most `limit` bytes; the route's `bodyLimit` holds as well.
    ///
    /// - Throws: `tooLarge` above the limit, `aborted` if the peer went away, `requestTimeout`.
    package func body(limit: Int) async throws(HTTPFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        // An array that doubles would hold a large body twice.
        if let length = fields["content-length"].flatMap({ Decimal.value($0.utf8) }) {
            bytes.reserveCapacity(min(length, limit))
        }
        while let piece = try await stream.next() {
            guard bytes.count + piece.count <= limit else { throw .tooLarge }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }
}

/// The body of a request as it arrives. The peer is held back while nobody asks for more.
package struct BodyStream: Sendable {
    private let pull: @Sendable () async throws(HTTPFailure) -> [UInt8]?

    package init(_ pull: @escaping @Sendable () async throws(HTTPFailure) -> [UInt8]?) {
        self.pull = pull
    }

    /// The next bytes, nil at the end.
    ///
    /// - Throws: `aborted`, `requestTimeout`, `tooLarge` or `malformed` if the rest cannot come.
    package func next() async throws(HTTPFailure) -> [UInt8]? { try await pull() }
}
