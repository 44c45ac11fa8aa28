import Delivery
import Directory
import Gateway
import Primitives
import Sheets
import Storage

// What the book of an office says of its messages: answers, versions, returns, add-ons.
extension OrganisationGateway {
    /// An own message with everything that is to be told of it.
    func tracked(_ message: MessageID, _ course: JSON) async throws -> JSON {
        let row = try await track(message)
        guard case .object(var json) = course else { return course }
        let key = MessageKey(from: member, messageID: row.message)
        var open: [ExpectationRow] = []
        for key in try await keys(of: key) { open += try await expectations(of: key) }
        json["waiting"] = .array(open.map { waiting($0) })
        json["newest"] = try await newestVersion(of: key).map { .string($0.text) }
        let returns = try await returns(of: row)
        if !returns.isEmpty { json["returned"] = .array(returns.map { returned($0) }) }
        json["addOn"] = try await addOn(of: row)?.json(catalogue.admissionLiaison)
        return .object(json)
    }

    /// All open answers, awaited and owed.
    func waitingList() async throws -> JSON {
        .array(
            try await expectations(limit: 1000).map { expectation in
                guard case .object(var json) = waiting(expectation.row) else { return .null }
                json["overdue"] = .bool(expectation.isOverdue)
                json["sheetType"] = expectation.sheetType.map { .name($0) }
                json["telephone"] = expectation.telephone.map { .name($0) }
                return .object(json)
            }
        )
    }

    private func waiting(_ row: ExpectationRow) -> JSON {
        let entry = view.member(member)?.entry
        return [
            "messageId": .string(row.name.message.messageID.text),
            "direction": row.name.isOwed ? "owed" : "awaited",
            "peer": .string(row.name.peer.text),
            "kind": .string(row.name.kind.rawValue),
            "due": row.due.map { .string($0.description) },
            "passedAt": row.passedAt.map { .string($0.description) },
            "desk": row.desk.map { .string(entry?.desk($0)?.name ?? $0.text) },
        ]
    }

    private func returned(_ notice: ReturnNotice) -> JSON {
        [
            "messageId": .string(notice.message.messageID.text),
            "by": .string(notice.message.from.text),
            "reason": .string(notice.reason.rawValue),
            "handling": notice.handling.map { .string($0) },
            "telephone": view.member(notice.message.from)?.entry.map { .name($0.telephone) },
        ]
    }
}

extension OrganisationGateway.TrackedAddOn {
    func json(_ rules: AddOnRules) -> JSON {
        [
            "name": .string(rules.name),
            "note": .string(rules.note),
            "tiers": .array(clock.deadlines.map(\.json)),
            "arrivals": .array(
                arrivals.map { arrival in
                    [
                        "to": .string(arrival.to.text),
                        "deliveredAt": .string(arrival.at.description),
                        "tier": clock.met(by: arrival.at).map { .string($0.limit.tier.rawValue) },
                        "label": clock.met(by: arrival.at).map { .string($0.limit.label) },
                    ]
                }
            ),
        ]
    }
}

extension AddOnClock.Deadline {
    /// `until` is the first moment that is too late.
    var json: JSON {
        [
            "tier": .string(limit.tier.rawValue),
            "label": .string(limit.label),
            "units": .integer(Int64(limit.units)),
            "lastDay": .string(day.description),
            "until": .string(end.description),
        ]
    }
}
