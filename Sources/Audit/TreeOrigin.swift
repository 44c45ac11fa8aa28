package import Primitives

/// The kinds of tree. `keys` and `transport` are the exchange's, `access` is a member's.
package enum TreeKind: String, CaseIterable, Sendable {
    case keys, transport, access
}

/// A host name as it stands in origins, `^[a-z0-9][a-z0-9.:-]{0,63}$`.
package enum LogHostForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, isSmallAlphanumeric(first) else { return false }
        return text.utf8.allSatisfy { isSmallAlphanumeric($0) || ".:-".utf8.contains($0) }
    }
}

package typealias LogHost = Identifier<LogHostForm>

/// The name of a tree for ever, and the key name in its checkpoints.
///
/// `<host>/log/keys/<year>`, `<host>/log/transport/<year>`, `<host>/log/access/<memberId>/<year>`;
/// the year is the fiscal year (JST) in which the tree was opened.
package struct TreeOrigin: Hashable, Sendable, CustomStringConvertible {
    package let host: LogHost
    package let kind: TreeKind
    /// Present in `access` alone.
    package let member: MemberID?
    package let fiscalYear: Int

    package static func keys(_ host: LogHost, fiscalYear: Int) -> TreeOrigin {
        TreeOrigin(host: host, kind: .keys, member: nil, fiscalYear: fiscalYear)
    }

    package static func transport(_ host: LogHost, fiscalYear: Int) -> TreeOrigin {
        TreeOrigin(host: host, kind: .transport, member: nil, fiscalYear: fiscalYear)
    }

    package static func access(
        _ host: LogHost,
        member: MemberID,
        fiscalYear: Int
    ) -> TreeOrigin {
        TreeOrigin(host: host, kind: .access, member: member, fiscalYear: fiscalYear)
    }

    /// - Returns: nil unless `text` is exactly of the form.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 4, let host = LogHost(parts[0]), parts[1] == "log",
            let kind = TreeKind(rawValue: parts[2]), parts.count == (kind == .access ? 5 : 4),
            let digits = parts.last?.bytes, digits.count == 4, digits[0] != UInt8(ascii: "0"),
            let year = Decimal.value(digits)
        else { return nil }
        var member: MemberID?
        if kind == .access {
            guard let named = MemberID(parts[3]) else { return nil }
            member = named
        }
        self.init(host: host, kind: kind, member: member, fiscalYear: year)
        guard self.text.hasSameBytes(as: text) else { return nil }
    }

    private init(host: LogHost, kind: TreeKind, member: MemberID?, fiscalYear: Int) {
        precondition((1000...9999).contains(fiscalYear), "a year has four digits")
        self.host = host
        self.kind = kind
        self.member = member
        self.fiscalYear = fiscalYear
    }

    package var text: String {
        let name = member.map { kind.rawValue + "/" + $0.text } ?? kind.rawValue
        return "\(host)/log/\(name)/\(fiscalYear)"
    }

    package var description: String { text }

    /// The fiscal year (April to March, JST) that `time` lies in.
    package static func fiscalYear(of time: Timestamp) -> Int {
        let day = time.dayInJapan
        return day.month < 4 ? day.year - 1 : day.year
    }
}

func isSmallAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
