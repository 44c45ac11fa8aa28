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
/// the year is the fiscal year (JST) in which the tree was opened. A tree that goes on where an
/// older copy of it was found has the second of its recovery behind the year: `<year>.<seconds>`.
package struct TreeOrigin: Hashable, Sendable, CustomStringConvertible {
    package let host: LogHost
    package let kind: TreeKind
    /// Present in `access` alone.
    package let member: MemberID?
    package let fiscalYear: Int
    /// Seconds since 1970 at which the tree went on from an older copy; 0 for the first of a name.
    package let recovery: Int64

    package static func keys(_ host: LogHost, fiscalYear: Int) -> TreeOrigin {
        TreeOrigin(host, .keys, member: nil, fiscalYear, recovery: 0)
    }

    package static func transport(_ host: LogHost, fiscalYear: Int) -> TreeOrigin {
        TreeOrigin(host, .transport, member: nil, fiscalYear, recovery: 0)
    }

    package static func access(
        _ host: LogHost,
        member: MemberID,
        fiscalYear: Int
    ) -> TreeOrigin {
        TreeOrigin(host, .access, member: member, fiscalYear, recovery: 0)
    }

    /// The tree that goes on where this one was found: later than it, whatever the clock says.
    package func successor(at now: Timestamp) -> TreeOrigin {
        TreeOrigin(host, kind, member: member, fiscalYear, recovery: max(now.seconds, recovery + 1))
    }

    /// The first tree of this name, which no recovery has opened.
    package var first: TreeOrigin {
        TreeOrigin(host, kind, member: member, fiscalYear, recovery: 0)
    }

    /// Whether this tree goes by the name of one that went on from `other`, or from its successor.
    package func isNewer(than other: TreeOrigin) -> Bool {
        host == other.host && kind == other.kind && member == other.member
            && fiscalYear == other.fiscalYear && recovery > other.recovery
    }

    /// - Returns: nil unless `text` is exactly of the form.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 4, let host = LogHost(parts[0]), parts[1] == "log",
            let kind = TreeKind(rawValue: parts[2]), parts.count == (kind == .access ? 5 : 4),
            let last = parts.last?.bytes.split(separator: UInt8(ascii: "."), maxSplits: 1),
            let digits = last.first, digits.count == 4, digits.first != UInt8(ascii: "0"),
            let year = Decimal.value(digits), let recovery = Self.recovery(last.dropFirst().first)
        else { return nil }
        var member: MemberID?
        if kind == .access {
            guard let named = MemberID(parts[3]) else { return nil }
            member = named
        }
        self.init(host, kind, member: member, year, recovery: recovery)
        guard self.text.hasSameBytes(as: text) else { return nil }
    }

    private static func recovery(_ digits: ArraySlice<UInt8>?) -> Int64? {
        guard let digits else { return 0 }
        guard digits.count <= 11, let seconds = Decimal.value(digits), seconds > 0 else {
            return nil
        }
        return Int64(seconds)
    }

    private init(
        _ host: LogHost,
        _ kind: TreeKind,
        member: MemberID?,
        _ fiscalYear: Int,
        recovery: Int64
    ) {
        precondition((1000...9999).contains(fiscalYear), "a year has four digits")
        precondition((0..<100_000_000_000).contains(recovery), "a clock of this millennium")
        self.host = host
        self.kind = kind
        self.member = member
        self.fiscalYear = fiscalYear
        self.recovery = recovery
    }

    package var text: String {
        let name = member.map { kind.rawValue + "/" + $0.text } ?? kind.rawValue
        return "\(host)/log/\(name)/\(fiscalYear)" + (recovery > 0 ? ".\(recovery)" : "")
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
