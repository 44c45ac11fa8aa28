package import Primitives

/// The head of an answer.
package struct ResponseHead: Sendable {
    package let status: Int
    package var fields: [(String, String)]
    package let length: Length
    package let closes: Bool

    package enum Length: Sendable, Equatable {
        /// 1xx, 204 and 304: no body and no length.
        case none
        case exact(Int)
        case chunked
    }
}

/// Writes answers. A value that could forge a line of the head is refused.
package enum ResponseEncoder {
    /// - Throws: `internalFailure` for a value that is not visible ASCII, blank or tab, for a name
    ///   that is no token, and for the fields that frame the answer, which are set here alone.
    package static func encode(
        _ head: ResponseHead,
        at now: Timestamp
    ) throws(HTTPFailure) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256)
        output.append(contentsOf: "HTTP/1.1 \(head.status) \r\n".utf8)
        for (name, value) in head.fields {
            guard isToken(name.utf8), !framing.contains(ByteText(name.lowercased())),
                isFieldValue(value)
            else { throw .internalFailure }
            line(name, value, to: &output)
        }
        line("Date", httpDate(now), to: &output)
        switch head.length {
        case .none: break
        case .exact(let count): line("Content-Length", String(count), to: &output)
        case .chunked: line("Transfer-Encoding", "chunked", to: &output)
        }
        if head.closes { line("Connection", "close", to: &output) }
        output.append(contentsOf: "\r\n".utf8)
        return output
    }

    /// One chunk; nothing for no bytes, since a chunk of none would be the end.
    package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        return (String(bytes.count, radix: 16) + "\r\n").bytes + bytes + "\r\n".bytes
    }

    package static let lastChunk = "0\r\n\r\n".bytes
    package static let proceed = "HTTP/1.1 100 \r\n\r\n".bytes

    private static let framing: Set<ByteText> = [
        "connection", "content-length", "date", "transfer-encoding",
    ]

    private static func line(_ name: String, _ value: String, to output: inout [UInt8]) {
        output.append(contentsOf: name.utf8)
        output.append(contentsOf: ": ".utf8)
        output.append(contentsOf: value.utf8)
        output.append(contentsOf: "\r\n".utf8)
    }

    /// IMF-fixdate (RFC 9110 §5.6.7).
    static func httpDate(_ now: Timestamp) -> String {
        let seconds = Int(now.seconds)
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let ofDay = seconds - days * 86_400
        let day = Day(daysSince1970: days)
        let date = "\(Decimal.text(day.day, width: 2)) \(months[day.month - 1]) \(day.year)"
        let clock = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { Decimal.text($0, width: 2) }
        return "\(weekdays[day.weekday]), \(date) \(clock.joined(separator: ":")) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
