import Primitives

/// For which pages passkeys are: the public address of an office's pages.
package struct PasskeySite: Hashable, Sendable {
    /// As a browser writes it: `https://renkei.example.jp:8440`.
    package let origin: String
    /// The name of the host (WebAuthn: relying party id).
    package let host: String

    /// - Returns: nil for what is not `https://` with a name and perhaps a port: browsers know no
    ///   passkeys at addresses of numbers.
    package init?(origin: String) {
        let prefix = "https://"
        guard origin.hasPrefix(prefix) else { return nil }
        let rest = origin.dropFirst(prefix.count)
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let host = parts.first, Self.isName(host),
            parts.count == 1 || UInt16(parts[1]) != nil
        else { return nil }
        self.origin = origin
        self.host = String(host)
    }

    private static func isName(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isFormed = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { byte in
                    byte == UInt8(ascii: "-")
                        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
        }
        return isFormed && host.utf8.count <= 253 && UInt64(labels.last ?? "") == nil
    }
}

/// What the browser collected for a ceremony (WebAuthn §5.8.1), checked.
struct ClientData {
    enum Ceremony: String {
        case create = "webauthn.create"
        case get = "webauthn.get"
    }

    /// Whether the bytes say this ceremony, this challenge and these pages, not in a foreign frame.
    ///
    /// Members that are not known here are left alone: browsers add some on purpose.
    static func isRight(
        _ bytes: [UInt8],
        _ ceremony: Ceremony,
        challenge: [UInt8],
        at site: PasskeySite
    ) -> Bool {
        let json: JSON
        do throws(DecodingRefusal) {
            json = try JSON(reading: bytes, .general.within(Limits.passkeyBytes))
        } catch { return false }
        let isForeign = json["crossOrigin"]?.bool ?? false
        return !isForeign && json["type"]?.string?.hasSameBytes(as: ceremony.rawValue) == true
            && json["challenge"]?.string?.hasSameBytes(as: Base64.encode(challenge)) == true
            && json["origin"]?.string?.hasSameBytes(as: site.origin) == true
    }
}
