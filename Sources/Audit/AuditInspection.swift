import Cryptography
package import Primitives

/// 定期点検: that an auditor has looked through the log of a period, and what he found. It stands in
/// the log itself, as what was typed to an entry `audit.reviewed`: whoever has signed the head over
/// that leaf has signed this.
package struct AuditInspection: Sendable, CustomStringConvertible {
    package enum Result: String, CaseIterable, Sendable {
        /// 問題なし
        case clear
        /// 問題あり
        case findings
    }

    package let period: AuditPeriod
    /// The head of the log that was looked at.
    package let head: TreeHead
    package let result: Result
    /// What was looked at and how it was judged.
    package let remark: String

    package init(of period: AuditPeriod, at head: TreeHead, _ result: Result, _ remark: String) {
        self.period = period
        self.head = head
        self.result = result
        self.remark = remark
    }

    package var description: String { "AuditInspection(\(result.rawValue))" }

    /// The reason code of its entry.
    package static let reason = "inspection"

    /// As it stands in the log.
    package var json: JSON {
        [
            "from": .string(period.from.description), "to": .string(period.to.description),
            "size": .integer(Int64(head.size)), "root": .string(head.root.hex),
            "result": .string(result.rawValue), "remark": .string(remark),
        ]
    }

    /// - Returns: nil for an entry that is no inspection.
    package init?(_ entry: AuditedEntry) {
        guard entry.leaf.facts.event == .auditReviewed,
            let reason = entry.leaf.facts.reason, reason.text.hasSameBytes(as: Self.reason),
            let text = entry[.details]
        else { return nil }
        do throws(DecodingRefusal) {
            try self.init(reading: text.bytes)
        } catch { return nil }
    }

    private init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        let from = try reader.value("from") { Day($0) }
        let to = try reader.value("to") { Day($0) }
        guard let period = AuditPeriod(from: from, to: to) else {
            throw reader.refusal(.badForm, "to")
        }
        let size = try reader.integer("size")
        guard size >= 0 else { throw reader.refusal(.badForm, "size") }
        self.period = period
        head = TreeHead(
            size: UInt64(size),
            root: try reader.value("root") { Digest(hex: $0) }
        )
        result = try reader.value("result", Result.init(rawValue:))
        remark = try reader.text("remark")
        try reader.finish()
    }
}

extension AuditTableau {
    /// Who has looked at the log: inspections with their period and result, and what was said of
    /// single accesses.
    package init(reviews entries: [AuditedEntry], of total: Int) {
        let rows = entries.map { entry -> [AuditAnswer.Cell] in
            let head = [entry.cell(.time), entry.cell(.person), entry.cell(.reason)]
            guard let inspection = AuditInspection(entry) else {
                return head + [.nothing, .nothing, .nothing, entry.cell(.remark)]
            }
            return head + [
                .day(inspection.period.from), .day(inspection.period.to),
                .code(inspection.result.rawValue), .text(ByteText(inspection.remark)),
            ]
        }
        self.init(
            [.time, .person, .reason, .first, .last, .verdict, .remark],
            rows,
            entries: entries,
            of: total
        )
    }
}
