/// A media type as `Content-Type` has it, parameters included.
package typealias MediaType = String

/// An answer. Length, date, trace and connection fields are the server's own.
package struct Response: Sendable {
    package let status: Int
    package let fields: [(String, String)]
    package let body: Body

    /// Field values are visible ASCII and blanks; with anything else the answer is 500 instead.
    package init(status: Int, fields: [(String, String)] = [], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package enum Body: Sendable {
        case none
        case bytes([UInt8], type: MediaType)
        /// Pulled off the loop, one piece at a time, at the pace of the peer; nil is the end and
        /// an error cuts the connection, so that the peer sees the answer is not whole.
        case stream(type: MediaType, next: @Sendable () async throws(HTTPFailure) -> [UInt8]?)
    }
}
