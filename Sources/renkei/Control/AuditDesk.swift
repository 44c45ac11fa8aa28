import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import Gateway
import Primitives
import Staff
import Storage

/// Answers questions about an organisation's access log. Each question is itself an event.
struct AuditDesk {
    let gateway: OrganisationGateway
    let house: GatewayHouse

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "audit.checkpoint":
            let note = try await gateway.auditCheckpoint().note
            return ControlAnswer(["note": .string(String(decoding: note, as: UTF8.self))])
        case "audit.show":
            let entries = try await gateway.auditEntries(
                of: try reader.optionalText("patient"),
                message: try reader.optionalValue("message", MessageID.init(_:)),
                by: try reader.agent()
            )
            return ControlAnswer(["entries": .array(try await named(entries))])
        case "audit.unusual":
            let found = try await gateway.unusualAccesses(by: try reader.agent())
            return ControlAnswer(["items": .array(found.map(\.json))])
        case "audit.verify":
            let first = try reader.from
            let page = try await gateway.auditPage(from: first)
            let concealed = try await gateway.concealed(in: page.leaves, from: first)
            var json = page.json.object ?? JSONObject()
            json["concealed"] = .array(concealed.map { .integer(Int64($0)) })
            return ControlAnswer(.object(json), files: page.files)
        case "audit.bundle":
            let bundle = try await gateway.auditBundle(
                of: try reader.period,
                withOpenings: try reader.optionalBool("openings") ?? false,
                by: try reader.agent()
            )
            return try ControlAnswer(bundle)
        case "audit.prove":
            let digest = try reader.value("receipt", Digest.init(hex:))
            let proof = try await gateway.proof(ofReceipt: digest)
            return ControlAnswer(
                ["receipt": .string(digest.hex), "found": .bool(proof != nil)],
                files: proof.map { [$0.leaf, $0.tlogProof] } ?? []
            )
        default:
            return try await QuestionDesk(gateway: gateway, house: house).answer(name, &reader)
        }
    }

    /// With whose account it is about. The desk of the staff is opened only for that: it takes as
    /// much memory as a password.
    private func named(_ entries: [AuditedEntry]) async throws -> [JSON] {
        guard entries.contains(where: { $0.account != nil }) else { return entries.map(\.json) }
        let staff = try await house.staff.desk(of: gateway)
        return entries.map { entry in
            guard let name = entry.account.flatMap(staff.displayName) else { return entry.json }
            var json = entry.json.object ?? JSONObject()
            json["account"] = .string(name)
            return .object(json)
        }
    }
}

extension AuditedEntry {
    /// Whose account it is about, where it is about one.
    fileprivate var account: AccountID? {
        leaf.facts.object.kind == .account ? self[.object].flatMap { AccountID($0) } : nil
    }
}

extension ControlAnswer {
    /// - Throws: `PeriodTooLong` where there is no bundle.
    init(_ bundle: AuditBundle?) throws(PeriodTooLong) {
        guard let bytes = bundle?.bytes, bytes.count <= Limits.evidenceBytes else {
            throw PeriodTooLong()
        }
        self.init(files: [bytes])
    }
}

/// More leaves than one file holds.
struct PeriodTooLong: Spoken {
    var code: String { "tooLarge" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "この期間の記録は 1 つのファイルに入りきりません。",
                en: "The log of this period is too long for one file."
            ),
            Phrase(ja: "期間を分けて書き出してください。", en: "Export it in shorter periods.")
        )
    }
}

extension ObjectReader {
    /// The days that are asked for.
    var period: AuditPeriod {
        mutating get throws(DecodingRefusal) {
            let from = try value("from") { Day($0) }
            let to = try value("to") { Day($0) }
            guard let period = AuditPeriod(from: from, to: to) else {
                throw DecodingRefusal(.badForm, at: "/to")
            }
            return period
        }
    }

    /// The index of the first leaf that is asked for.
    var from: UInt64 {
        mutating get throws(DecodingRefusal) {
            let index = try integer("from")
            guard index >= 0 else { throw DecodingRefusal(.badForm, at: "/from") }
            return UInt64(index)
        }
    }
}
