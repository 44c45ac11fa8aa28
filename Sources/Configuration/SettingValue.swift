import Primitives

/// The checked value of an option.
enum SettingValue: Sendable {
    case text(String)
    case texts([String])
    case integer(Int)
    case duration(Duration)
    case bytes(Int)
    case rate(Int)
    case bytesADay(Int)
    case address(ListenAddress)

    /// As it would be written in TOML and in JSON alike.
    var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .texts(let texts): .array(texts.map(JSON.string))
        case .integer(let number): .integer(Int64(number))
        case .duration(let duration): .string(Units.text(duration))
        case .bytes(let bytes): .string(Units.text(bytes: bytes))
        case .rate(let count): .string("\(count)/s")
        case .bytesADay(let bytes): .string(Units.text(bytes: bytes) + "/day")
        case .address(let address): .string(address.description)
        }
    }
}

/// Where a listener listens: a host name or address, and a port.
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    /// Without brackets.
    package let host: String
    /// 0 lets the system choose.
    package let port: Int

    /// - Returns: nil unless `text` is `host:port` or `[v6]:port`.
    package init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = Decimal.value(text.utf8[text.utf8.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        let written = text[..<colon]
        let isBracketed = written.hasPrefix("[") && written.hasSuffix("]") && written.count > 2
        host = String(isBracketed ? written.dropFirst().dropLast() : written)
        let isColonAllowed = isBracketed
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            isColonAllowed || !host.utf8.contains(UInt8(ascii: ":"))
        else { return nil }
        self.port = port
    }

    package var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
