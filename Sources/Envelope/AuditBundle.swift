package import Audit
package import Cryptography
import Delivery
package import Directory
package import Primitives

/// A period of a log as a file that proves itself offline: an archive whose first file,
/// `audit.json`, says what it shows and lists all others with their hashes.
///
/// Source: `audit-log.md` 5b. `AuditBundleVerifier` says what it proves.
package struct AuditBundle: Sendable {
    package let origin: TreeOrigin
    package let period: AuditPeriod
    /// The leaf before the period where there is one, the period's, and the one after where there
    /// is one.
    package let shown: ClosedRange<UInt64>
    /// Leaves of the tree under the checkpoint.
    package let size: UInt64
    let archive: ContentArchive

    package var bytes: [UInt8] { archive.encoded() }

    /// Takes a checkpoint with lines that hold, the registrar's word on the log's key, and the
    /// `openings` of each leaf where they are to be given away.
    package init(
        _ range: LogRange,
        of period: AuditPeriod,
        openings: [[Opening]]?,
        trust: EvidenceFile.Trust
    ) {
        origin = range.checkpoint.origin
        self.period = period
        shown = range.first...range.first + UInt64(range.leaves.count) - 1
        size = range.checkpoint.head.size
        var files = trust.files(behind: [])
        func add(_ name: String, _ bytes: [UInt8]) {
            files.append(ContentArchive.File(name: name, bytes: bytes))
        }
        add(AuditBundleName.leaves, range.leafLines)
        add(AuditBundleName.flanks, range.flankLines)
        add(AuditBundleName.checkpoint, range.checkpoint.note)
        if let openings {
            let lines = zip(range.first..., openings).flatMap { index, openings in
                openings.sorted { $0.field.rawValue < $1.field.rawValue }
                    .map { IndexedOpening(index: index, opening: $0).line }
            }
            add(AuditBundleName.openings, Array(lines.joined()))
        }
        archive = Self.listed.written(
            files,
            [
                "version": 1, "type": "auditBundle", "origin": .string(origin.text),
                "from": .day(period.from), "to": .day(period.to),
                "first": .index(shown.lowerBound), "last": .index(shown.upperBound),
                "size": .index(size),
            ]
        )
    }

    /// - Throws: `EvidenceFault` as an evidence file does.
    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        let (archive, head) = try Self.listed.read(bytes, Self.head)
        self.archive = archive
        (origin, period, shown, size) = head
    }

    /// Who cosigns the checkpoints of a tree: for a member the exchange, with its own log's key;
    /// for the exchange the witnesses that its policy names.
    package static func witnesses(
        of origin: TreeOrigin,
        in policy: Policy
    ) -> [ByteText: NotePublicKey] {
        guard origin.kind == .access else {
            let pairs = policy.witnesses.map { ($0.name, $0.publicKey) }
            return Dictionary(pairs) { first, _ in first }
        }
        guard let key = policy.logs.last?.publicKey else { return [:] }
        return [ByteText(WitnessName(origin.host).text): key]
    }

    private typealias Head = (TreeOrigin, AuditPeriod, ClosedRange<UInt64>, UInt64)

    private static func head(_ reader: inout ObjectReader) throws(DecodingRefusal) -> Head {
        try reader.version()
        guard try reader.text("type").hasSameBytes(as: "auditBundle") else {
            throw reader.refusal(.badForm, "type")
        }
        let origin = try reader.value("origin") { TreeOrigin($0) }
        let days = (
            try reader.value("from") { Day($0) }, try reader.value("to") { Day($0) }
        )
        let (first, last) = (try reader.count("first"), try reader.count("last"))
        let size = try reader.count("size")
        guard let period = AuditPeriod(from: days.0, to: days.1) else {
            throw reader.refusal(.badForm, "to")
        }
        guard first <= last, last < size else { throw reader.refusal(.badForm, "last") }
        return (origin, period, UInt64(first)...UInt64(last), UInt64(size))
    }

    static let listed = ListedArchive(list: "audit.json", order: AuditBundleName.order)
}

/// The names of a bundle's files, and their order.
enum AuditBundleName {
    static let leaves = "leaves.jsonl"
    static let openings = "openings.jsonl"
    static let flanks = "range-proof"
    static let checkpoint = "checkpoint"

    static let order = FileOrder([
        leaves, openings, flanks, checkpoint, "chain.pem", "crl-*.pem", "policy.der",
        "membership-*.der",
    ])
}

/// The value behind a commitment of one of the leaves. Personal data.
struct IndexedOpening {
    let index: UInt64
    let opening: Opening

    init(index: UInt64, opening: Opening) {
        self.index = index
        self.opening = opening
    }

    init(reading line: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(
            try JSON(canonical: line, .strict.within(Limits.statementBytes))
        )
        index = UInt64(try reader.count("index"))
        opening = try Opening(reading: &reader)
    }

    /// With its line end.
    var line: [UInt8] {
        var object = opening.json.object ?? JSONObject()
        object["index"] = .index(index)
        return JSON.object(object).canonicalBytes + [0x0A]
    }

    func precedes(_ other: IndexedOpening) -> Bool {
        (index, opening.field.rawValue) < (other.index, other.opening.field.rawValue)
    }
}

extension JSON {
    fileprivate static func index(_ index: UInt64) -> JSON { .integer(Int64(index)) }
}
