package import Audit
import Delivery
import Directory
import Primitives
import Sheets

// What the access log keeps of requests: canonical JSON as the details of their leaves.

extension DisclosureClaim {
    /// `account` took it in.
    func details(by account: AccountID?) -> String {
        let json: JSON = [
            "kind": .string(kind.rawValue), "proxy": proxy.map { .string($0) },
            "receivedOn": .string(receivedOn.description),
            "account": account.map { .name($0) },
        ]
        return String(decoding: json.canonicalBytes, as: UTF8.self)
    }

    fileprivate init(_ reader: inout ObjectReader) throws(DecodingRefusal) {
        kind = try reader.value("kind", Kind.init(rawValue:))
        proxy = try reader.optionalText("proxy")
        receivedOn = try reader.value("receivedOn") { Day($0) }
    }
}

extension DisclosureRequest {
    /// - Returns: nil for an entry that is none.
    init?(_ entry: AuditedEntry) {
        guard entry.leaf.facts.event == .disclosureRequested, let text = entry[.details] else {
            return nil
        }
        do throws(DecodingRefusal) {
            var reader = try ObjectReader(try JSON(canonical: text.bytes))
            claim = try DisclosureClaim(&reader)
            account = try reader.optionalValue("account") { AccountID($0) }
            try reader.finish()
        } catch { return nil }
        id = entry.index
        recordedAt = entry.leaf.at
        recordedBy = entry.actorName ?? ""
    }
}

extension DisclosureRelease {
    static func details(_ part: HeldPart, in request: UInt64, because reason: String) -> String {
        let json: JSON = [
            "request": .integer(Int64(request)), "at": .string(part.place.description),
            "ground": .string(part.ground.rawValue), "reason": .string(reason),
        ]
        return String(decoding: json.canonicalBytes, as: UTF8.self)
    }

    /// - Returns: nil for an entry that is none, also where it was refused.
    package init?(_ entry: AuditedEntry) {
        guard entry.leaf.facts.event == .disclosureReleased,
            entry.leaf.facts.outcome == .success,
            let text = entry[.details], let message = entry.message
        else { return nil }
        do throws(DecodingRefusal) {
            var reader = try ObjectReader(try JSON(canonical: text.bytes))
            request = UInt64(max(0, try reader.integer("request")))
            part = HeldPart(
                try reader.value("at") { JSONPointer($0) },
                try reader.value("ground", HeldPart.Ground.init(rawValue:))
            )
            reason = try reader.text("reason")
            try reader.finish()
        } catch { return nil }
        self.message = message
        at = entry.leaf.at
        by = entry.actorName ?? ""
    }
}
